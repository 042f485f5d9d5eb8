/** Where the output goes nowhere: its reader has gone, or the disk is full. */
import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { Service } from "../../src/service/service.ts";
import { start, tsjason } from "../support/command.ts";
import { exampleService, serve } from "../support/served.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const document = JSON.stringify({ openrpc: "1.3.2", info: { title: "a", version: "1" }, methods: [] });
const recorded = JSON.stringify({
  ...{ time: "2026-01-01T00:00:00.000Z", connection: 1, from: "client" },
  text: '{"jsonrpc":"2.0","id":1,"method":"add","params":[1,2]}',
});

/** Commands that end by themselves, with what they read; ADDRESS stands for a server's. */
const commands: readonly (readonly [line: string, input?: string])[] = [
  ["--version"],
  ["help"],
  ["call --help"],
  ["completion bash"],
  ["call ADDRESS add 1 2"],
  ["call ADDRESS add 1 2 --repeat 100 --json"],
  ["call ADDRESS nope --json"],
  ["batch ADDRESS", "add 1 2\nadd 3 4\n"],
  ["repl ADDRESS", "add 1 2\nadd 3 4\n"],
  ["replay - ADDRESS", recorded],
  ["bench ADDRESS add 1 2 --count 10"],
  ["check ADDRESS"],
  ["discover ADDRESS"],
  ["types -", document],
  ["diff - FILE", document],
];

describe("a command whose output nobody reads", () => {
  for (const [line, input = ""] of commands) {
    test(`ends quietly: ${line}`, async (test) => {
      const { args } = await places(test, line);
      const { status, stderr } = await tsjason(test, args, { input, unread: true });
      assert.deepEqual([status, stderr], [141, ""]);
    });
  }

  test("ends in the midst of its work: listen", async (test) => {
    const command = start(test, ["listen", "tcp://127.0.0.1:0"]);
    const [, address = ""] = await command.prints(/listening on (\S+)\n/, "stderr");
    command.closeStdout();
    assert.equal((await tsjason(test, ["notify", address, "log"])).status, 0);
    assert.equal((await command.ended).status, 141);
  });
});

const full = { skip: existsSync("/dev/full") ? false : "needs Linux, which has a disk that is always full" };

describe("a command with a full disk", full, () => {
  for (const [line, input = ""] of commands) {
    test(`says that its output is lost: ${line}`, async (test) => {
      const { args } = await places(test, line);
      const { status, stderr } = await tsjason(test, args, { input, redirected: "> /dev/full" });
      assert.equal(status, 74);
      assert.match(stderr, /^output lost: ENOSPC: no space left on device, write\n$/);
    });
  }

  test("for stderr exits as it would have", async (test) => {
    const { args } = await places(test, "call ADDRESS nope");
    const rows: [args: readonly string[], status: number][] = [
      [args, 1],
      [["types", "/nowhere"], 2],
      [["call", "tcp://127.0.0.1:1", "add"], 3],
    ];
    for (const [args, status] of rows) {
      assert.equal((await tsjason(test, args, { redirected: "2> /dev/full" })).status, status, args.join(" "));
    }
  });
});

async function places(test: Parameters<typeof serve>[0], line: string) {
  const service = new Service({ discover: true }).addMethod("add", (a: number, b: number) => a + b);
  const { address } = await serve(test, line.startsWith("discover") ? service : exampleService());
  const file = join(temporaryDirectory(test), "api.json");
  writeFileSync(file, document);
  return { args: line.replace("ADDRESS", address).replace("FILE", file).split(" ") };
}
