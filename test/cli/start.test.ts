/** What a start of the command costs, by what it loads: nothing that the command at hand does not need. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { output, start, tsjason } from "../support/command.ts";
import { LoadedModules } from "../support/loaded-modules.ts";
import { serve } from "../support/served.ts";
import { temporaryDirectory } from "../support/temporary.ts";

/* The library has more files than it needs at any one time; these are bounds for what loads in one. */
const A_FEW = 40;
const A_CLIENT = 220;
const A_SERVER = 220;

/** That few modules were loaded, some among them, and none of certain folders or packages. */
function holds(names: readonly string[], most: number, some: readonly string[], none: RegExp): void {
  assert.ok(names.length <= most, `expected ${most} modules at most, got ${names.length}:\n${names.join("\n")}`);
  for (const name of some) assert.ok(names.includes(name), `${name} is not among\n${names.join("\n")}`);
  assert.deepEqual(
    names.filter((name) => none.test(name)),
    [],
  );
}

const theLibrary = /^(?:client|connection|framing|protocol|server|service|sync|time|tracing|transport)\//;

describe("the command loads", () => {
  for (const args of [
    ["--version"],
    ["help"],
    ["call", "--help"],
    ["completion", "bash"],
    ["call", "tcp://127.0.0.1:1"],
  ]) {
    test(`nothing of the library for ${args.join(" ")}`, async (test) => {
      const loaded = new LoadedModules(test);
      await tsjason(test, args, { env: loaded.env });
      holds(loaded.names(), A_FEW, ["cli/main.js", "cli/commands/call.js"], theLibrary);
    });
  }

  test("a client and the transport of its address for call", async (test) => {
    const { address } = await serve(test);
    const loaded = new LoadedModules(test);
    assert.equal(await output(test, ["call", address, "add", "1", "2"], { env: loaded.env }), "3\n");
    const others =
      /^server\/|^openrpc\/(?!types\/identifiers)|^cli\/(?:bench|check|proxy|repl|replay|serve)\/|\/ws\/|nats-io/;
    holds(loaded.names(), A_CLIENT, ["cli/runs/call.js", "client/client.js", "transport/tcp.js"], others);
  });

  test("a server and the transport of its address for serve", async (test) => {
    const cwd = temporaryDirectory(test);
    writeFileSync(join(cwd, "service.mjs"), "export default { add: (a, b) => a + b };");
    const loaded = new LoadedModules(test);
    const command = start(test, ["serve", "service.mjs", "--listen", "tcp://127.0.0.1:0"], { cwd, env: loaded.env });
    await command.prints(/^listening /m);
    command.signal("SIGTERM");
    assert.equal((await command.ended).status, 0);
    const others =
      /^client\/|^openrpc\/(?!types\/identifiers)|^cli\/(?:bench|check|proxy|repl|replay)\/|\/ws\/|nats-io/;
    holds(loaded.names(), A_SERVER, ["cli/runs/serve.js", "server/server.js", "transport/tcp.js"], others);
  });
});
