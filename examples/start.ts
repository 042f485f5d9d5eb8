/**
 * `npm start`: the main job from end to end. It starts the example server as a process of its own, calls it over a
 * real socket and prints each call with its answer.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Client, type Exports, isCallError, isRpcError, type Params } from "tsjason";
import type { Main } from "./server.ts";

/** What the server offers, of its class's type: a name that is not exported is stated. */
type Api = Exports<Main, "main", { helper: never }> & { "admin.stop"(): void; "admin.start"(): void };

const serverFile = fileURLToPath(new URL("server.ts", import.meta.url));

/** Starts the server on an address; resolves with the process and the address it listens on. */
async function startServer(address: string): Promise<[ChildProcess, string]> {
  const server = spawn(process.execPath, ["--import", "tsx", serverFile, address], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: server.stdout });
  lines.on("line", (line) => console.log(`  ${line}`));
  const [line] = (await once(lines, "line")) as [string];
  return [server, line.replace("server: listening on ", "")];
}

/** Ends the server as an operator would, and waits for it. */
async function stopServer(server: ChildProcess): Promise<void> {
  server.kill("SIGTERM");
  const [status] = await once(server, "exit");
  console.log(`  (the server's exit status is ${status})`);
  if (status !== 0) process.exitCode = 1;
}

/** Prints what a call came to. */
async function show(what: string, answer: Promise<unknown>): Promise<void> {
  try {
    console.log(`${what}\n    → ${JSON.stringify(await answer)}`);
  } catch (error) {
    if (isRpcError(error)) {
      console.log(`${what}\n    ✗ error ${error.code} ${error.message} ${JSON.stringify(error.data) ?? ""}`);
    } else if (isCallError(error)) console.log(`${what}\n    ✗ ${error.name} (${error.outcome}): ${error.message}`);
    else throw error;
  }
}

console.log("Starting the example server in a process of its own, on a port the system picks.");
let [server, address] = await startServer("tcp://127.0.0.1:0");

const client = new Client<Api>(address, { logger: { debug() {}, info() {}, warn() {}, error: console.error } });
client.on("connect", () => console.log("  (connected)"));
client.on("disconnect", (reason) => console.log(`  (disconnected: ${reason.message})`));

console.log("\nThe client needs no step to connect: the first call dials.");
await show('main.echo ["foo"]', client.call("main.echo", ["foo"]));
await show('main.deferredEcho ["bar"]', client.call("main.deferredEcho", ["bar"]));
await show("main.add [1, 2]", client.call("main.add", [1, 2]));
await show('main.add {"a": 1, "b": 2}', client.call("main.add", { a: 1, b: 2 }));
const main = client.namespace("main");
await show("main.whoami, by the typed proxy: main.whoami()", main.whoami());

console.log("\nErrors are answers too.");
const untyped = client as unknown as Client;
const wrong: [string, Params?][] = [["main.nope"], ["main.helper"], ["main.add", [1]]];
for (const [method, params] of wrong) {
  await show(`${method} ${JSON.stringify(params) ?? ""}`, untyped.call(method, params));
}
await show("main.withdraw [500], which throws an error of the application's own", main.withdraw(500));
await show("main.fail, which throws something it did not mean for callers", main.fail());

console.log("\nA batch is one message; a notification gets no answer.");
const batch = client.batch();
const sum = batch.call("main.add", [20, 22]);
const text = batch.call("main.deferredEcho", ["in a batch"]);
batch.notify("main.log", ["hello"]);
await batch.send();
await show("main.add [20, 22], in a batch", sum);
await show('main.deferredEcho ["in a batch"]', text);

console.log("\nA service can stop serving, as a whole or a namespace of it.");
await show("admin.stop", client.call("admin.stop"));
await show('main.echo ["foo"]', main.echo("foo"));
await show("admin.start", client.call("admin.start"));
await show('main.echo ["foo"]', main.echo("foo"));

console.log("\nSIGTERM: the server answers what is in flight, then exits.");
const inFlight = show('main.deferredEcho ["the last one"]', main.deferredEcho("the last one"));
await show('main.echo ["foo"], which shows that the one before has arrived', main.echo("foo"));
await Promise.all([inFlight, stopServer(server)]);
await show("main.echo while it is away", main.echo("foo"));

console.log("\nThe server comes back, and the next call finds it.");
[server] = await startServer(address);
await show('main.echo ["here again"]', main.echo("here again"));

await client.close();
await stopServer(server);
