/** Workers and child processes: what a connection to one makes of what becomes of it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isMainThread } from "node:worker_threads";
import { ConnectionLostError } from "../../src/connection/errors/connection-lost-error.ts";
import { parentChannel } from "../../src/ports/parent.ts";
import { WorkerExitError } from "../../src/ports/worker.ts";
import { ChildExitError } from "../../src/transport/child-exit-error.ts";
import { connectTo, farProcess, farWorker } from "../support/far-side.ts";
import { rejection } from "../support/settling.ts";

const kinds = [
  { name: "a worker", far: farWorker, killed: [1, null], thrown: /the worker exited with code 1: out of paper/ },
  { name: "a child process", far: farProcess, killed: [null, "SIGKILL"], thrown: /exited with status 1/ },
] as const;

/** What is known of an exit, of either kind. */
function statusOf(cause: unknown): readonly [number | null, string | null] {
  if (cause instanceof WorkerExitError) return [cause.code, null];
  assert(cause instanceof ChildExitError, String(cause));
  return [cause.status, cause.signal];
}

for (const { name, far: start, killed, thrown } of kinds) {
  describe(`a connection to ${name}`, { timeout: 60_000 }, () => {
    it("carries calls both ways", async (t) => {
      const { connection, log } = connectTo(t, start(t));
      const answers = await Promise.all([
        connection.call("add", [1, 2]),
        connection.call("twice", [21]),
        ...Array.from({ length: 500 }, (_, n) => connection.call("twice", [n])),
      ]);
      assert.deepEqual(answers.slice(0, 3), [3, 42, 0]);
      assert.equal(answers.at(-1), 998);
      assert.deepEqual(log.lines(), []);
    });

    it("carries a large text", async (t) => {
      const { connection } = connectTo(t, start(t));
      const text = "é漢😀\n".repeat(1_000_000);
      assert.equal(await connection.call("echo", [text]), text);
    });

    it("leaves messages that are not its own alone, and they it", async (t) => {
      const far = start(t);
      const { connection, log } = connectTo(t, far);
      await connection.call("add", [1, 2]);
      const theirs = ["plain", '{"jsonrpc":"2.0","id":1,"method":"add"}', { tsjason: "else" }, ["1"], 5, { a: null }];
      for (const message of theirs) {
        const answer = far.answer();
        far.post(message);
        if (typeof message !== "object" || !("tsjason" in message)) assert.deepEqual(await answer, message);
      }
      assert.equal(await connection.call("add", [1, 2]), 3);
      assert.deepEqual(log.lines(), []);
    });

    it("comes about whoever comes first, and whatever was missed", async (t) => {
      const far = start(t, "late");
      const first = far.answer();
      far.post("anyone?");
      await first;
      // It has a listener of its own by now: what the channel says first is lost on it.
      const { connection } = connectTo(t, far);
      const call = connection.call("add", [1, 2]);
      far.post("begin");
      assert.equal(await call, 3);
    });

    it("is the only one, and once it is closed there can be another", async (t) => {
      const far = start(t, "late");
      const { connection } = connectTo(t, far);
      assert.throws(() => far.channel(), { code: "EADDRINUSE" });
      far.post("begin");
      assert.equal(await connection.call("add", [1, 2]), 3);
      await Promise.all([connection.close(), connection.close()]);
      const { connection: another } = connectTo(t, far);
      far.post("begin");
      assert.equal(await another.call("add", [3, 4]), 7);
    });

    for (const [what, method, status, kind] of [
      ["exits with 0", "exit", 0, "ended"],
      ["exits with 3", "exit", 3, "lost"],
    ] as const) {
      it(`rejects what is pending at once when it ${what}, and says so`, async (t) => {
        const { connection } = connectTo(t, start(t));
        const pending = rejection(connection.call("hang"), ConnectionLostError);
        const exiting = rejection(connection.call(method, [status]), ConnectionLostError);
        for (const error of [await pending, await exiting]) assert.equal(error.outcome, "unknown");
        const disconnect = await connection.disconnected;
        assert.equal(disconnect.kind, kind);
        assert.deepEqual(statusOf(disconnect.cause), [status, null]);
        await connection.closed;
      });
    }

    it("rejects what is pending when something is thrown there", async (t) => {
      const { connection } = connectTo(t, start(t));
      await rejection(connection.call("fail"), ConnectionLostError);
      const { kind, cause } = await connection.disconnected;
      assert.equal(kind, "lost");
      assert.match(String(cause), thrown);
    });

    it("rejects what is pending when it is killed", async (t) => {
      const far = start(t);
      const { connection } = connectTo(t, far);
      await connection.call("add", [1, 2]);
      const pending = rejection(connection.call("hang"), ConnectionLostError);
      await connection.call("add", [1, 2]);
      far.kill();
      assert.equal((await pending).outcome, "unknown");
      assert.deepEqual(statusOf((await connection.disconnected).cause), killed);
    });

    it("knows that a call was not sent when it dies before it has a channel", async (t) => {
      const far = start(t, "late");
      const { connection } = connectTo(t, far);
      const pending = rejection(connection.call("add", [1, 2]), ConnectionLostError);
      const first = far.answer();
      far.post("are you there?");
      await first;
      far.kill();
      assert.equal((await pending).outcome, "not-sent");
    });

    it("ends in good order from either side, and then nothing of it keeps anyone alive", async (t) => {
      for (const end of ["here", "there"]) {
        const far = start(t);
        const { connection, log } = connectTo(t, far);
        far.post("enough");
        assert.equal(await connection.call("add", [1, 2]), 3);
        if (end === "here") await connection.close();
        else {
          await connection.call("close");
          assert.equal((await connection.disconnected).kind, "ended");
        }
        await connection.closed;
        assert.equal(await far.exited, 0);
        assert.deepEqual(log.lines(), []);
      }
    });
  });
}

it("a worker that had exited before is gone", async (t) => {
  const far = farWorker(t);
  far.kill();
  await far.exited;
  const { connection } = connectTo(t, far);
  assert.equal((await rejection(connection.call("add", [1, 2]), ConnectionLostError)).outcome, "not-sent");
});

it("there is no parent where this is no worker", () => {
  assert(isMainThread);
  assert.throws(() => parentChannel(), /this is no worker/);
});
