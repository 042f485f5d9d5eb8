// A user's program in JavaScript, run against the packed package (see package.test.ts).
import assert from "node:assert/strict";
import { tracingChannel } from "node:diagnostics_channel";
import { Client, listen, Service } from "tsjason";

const service = new Service();
service.addMethod("sum", (a, b) => a + b);

const answer = await service.handle('{"jsonrpc":"2.0","id":1,"method":"sum","params":[1,2]}');
assert.match(answer, /"result":3/);

const server = await listen(service, "tcp://127.0.0.1:0");
const client = new Client(String(server.address));
assert.equal(await client.call("sum", [1, 2]), 3);

const traced = [];
for (const name of ["tsjason:call", "tsjason:handle"]) {
  tracingChannel(name).subscribe({ start: ({ method }) => traced.push([name, method]) });
}
await client.call("sum", [1, 2]);
assert.deepEqual(traced, [
  ["tsjason:call", "sum"],
  ["tsjason:handle", "sum"],
]);
await client.close();
await server.close();
console.log("all well");
