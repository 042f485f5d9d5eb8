/** A few lines of Python: what anybody writes who has a socket and JSON, and no library. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { listen } from "../../src/server/server.ts";
import { cleanUp } from "../support/cleanup.ts";
import { readAll } from "../support/read-all.ts";
import { clientOf } from "../support/served.ts";
import { FAILURE, interopService } from "./example.ts";
import { failure } from "./rows.ts";

const program = fileURLToPath(new URL("./peers/lines.py", import.meta.url));
const skip = spawnSync("python3", ["--version"]).status !== 0 && "needs Python 3";

function python(test: TestContext, ...args: string[]) {
  const child = spawn("python3", [program, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  cleanUp(test, () => {
    child.kill("SIGKILL");
    return exited;
  });
  return { child, exited };
}

describe("Python with a socket", { timeout: 30_000, skip }, () => {
  it("calls tsjason", async (t) => {
    const server = await listen(interopService(), "tcp://127.0.0.1:0?framing=newline");
    cleanUp(t, () => server.close({ timeout: 0 }));
    const { child } = python(t, "call", new URL(server.address).port);
    const printed = await readAll(child.stdout);
    const ids = [...printed.matchAll(/"id": ("[^"]*"|\w+)/g)].map(([, id]) => id);
    assert.deepEqual(ids, ['"\\u00e9"', "12345678901234567890", "null", "1", "2", "null"]);
    assert.deepEqual(
      JSON.parse(printed).map(({ result, error }: { result?: unknown; error?: unknown }) => result ?? error),
      [["é漢😀", 1, null], 19, 3, FAILURE, "from é漢😀", { code: -32700, message: "Parse error" }],
    );
  });

  it("serves tsjason", async (t) => {
    const { child, exited } = python(t, "serve");
    const [port] = await once(child.stdout, "data");
    const client = clientOf(t, `tcp://127.0.0.1:${String(port).trim()}?framing=newline`);
    assert.equal(await client.call("echo", ["é漢😀\n"]), "é漢😀\n");
    assert.equal(await client.call("subtract", { subtrahend: 23, minuend: 42 }), 19);
    assert.equal((await failure(client.call("nope"))).code, -32601);
    const sums = Array.from({ length: 100 }, (_, i) => client.call("add", [i, 1]));
    assert.deepEqual(
      await Promise.all(sums),
      sums.map((_, i) => i + 1),
    );
    await client.notify("add", [1, 2]);
    await client.close();
    assert.deepEqual(client.log.lines(), []);
    child.stdin.end();
    assert.deepEqual(await exited, [0, null]);
  });
});
