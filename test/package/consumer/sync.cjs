// A user's script in CommonJS that makes blocking calls, run against the packed package (see package.test.ts).
const assert = require("node:assert/strict");
const { once } = require("node:events");
const { Worker } = require("node:worker_threads");
const { MethodNotFoundError } = require("tsjason");
const { connectSync, DeadlockError, WorkerLostError } = require("tsjason/sync");

const serving = `
  import("tsjason").then(async ({ listen, Service }) => {
    const service = new Service().addMethod("sum", (a, b) => a + b);
    const server = await listen(service, "tcp://127.0.0.1:0");
    require("node:worker_threads").parentPort.postMessage(server.address);
  });`;

async function main() {
  const server = new Worker(serving, { eval: true });
  const [address] = await once(server, "message");
  const client = connectSync(address);
  assert.equal(client.call("sum", [1, 2]), 3);
  assert.throws(() => client.call("nope"), MethodNotFoundError);
  assert.ok(DeadlockError && WorkerLostError);
  server.unref();
  console.log("all well");
}

void main();
