/**
 * A server on its own stdin and stdout, for a parent process that starts it: see stdio-client.ts.
 *
 * It ends with its stdin. What it prints goes to stderr, since stdout is the protocol's.
 */
import { closeOnSignals, listen, Service } from "tsjason";

const service = new Service();
service.addMethod("add", (a: number, b: number) => {
  console.log(`adding ${a} and ${b}`);
  return a + b;
});

const server = await listen(service, "stdio:");
closeOnSignals(() => server.close());
await server.closed;
console.log("nobody is left to serve");
