import { Client } from "tsjason";

await using client = new Client(process.argv[2] ?? "tcp://127.0.0.1:7080");
console.log(await client.call("main.echo", ["hello"]));
console.log(await client.call("main.deferredEcho", ["hello, later"]));
