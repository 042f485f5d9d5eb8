import { closeOnSignals, exportRpc, listen, Service } from "tsjason";

class Example {
  @exportRpc() echo(text: string) { return text; }
  @exportRpc() async deferredEcho(text: string) { return text; }
}

const service = new Service({ timeout: 2_000 });
service.addHandler(new Example(), { namespace: "main" });
const server = await listen(service, process.argv[2] ?? "tcp://127.0.0.1:7080");
console.log(`listening on ${server.address}`);
closeOnSignals(() => server.close());
