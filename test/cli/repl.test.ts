import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { deferred } from "../../src/connection/deferred.ts";
import { Service } from "../../src/service/service.ts";
import { noTerminal, startAtTerminal, tsjason } from "../support/command.ts";
import { serve } from "../support/served.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { frame, type WirePeer, WireServer } from "../support/wire-peer.ts";

const document = { openrpc: "1.3.2", methods: [{ name: "subtract" }, { name: "never" }] };

/** A server that says what it can, pushes when it is told to, and never answers `never`. */
async function discoverable(test: TestContext): Promise<string> {
  const wire = await WireServer.listen(test);
  const say = (peer: WirePeer, message: object) => peer.socket.write(frame({ jsonrpc: "2.0", ...message }));
  const serve = async (peer: WirePeer): Promise<void> => {
    for (;;) {
      const { id, method, params } = (await peer.inbox.next()) as { id: number; method: string; params: number[] };
      if (method === "rpc.discover") say(peer, { id, result: document });
      else if (method === "subtract") say(peer, { id, result: (params[0] ?? 0) - (params[1] ?? 0) });
      else if (method === "remind") {
        say(peer, { method: "reminder", params });
        say(peer, { id, result: null });
      }
    }
  };
  void wire.peer().then((peer) => serve(peer).catch(() => peer.end()));
  return wire.address;
}

describe("tsjason repl", () => {
  test("does the lines of a pipe", async (test) => {
    const { address } = await serve(test);
    const input = 'add 1 2\n# a comment\necho {"a": [1, 2]}\nnope\n.nope\n.timeout 20ms\nnever\n.exit\nadd 5 5\n';
    const { stdout, status } = await tsjason(test, ["repl", address], { input });
    assert.equal(
      stdout,
      [
        "3",
        '{"a": [1, 2]}',
        "error -32601 MethodNotFound: Method not found",
        "usage: there is no .nope; .help has what there is",
        "timeout: never was not answered within 20 ms (it was sent; whether it was executed is not known)",
        "",
      ].join("\n"),
    );
    assert.equal(status, 0);
  });

  test("says at once when nobody is there", async (test) => {
    const { status, stderr } = await tsjason(test, ["repl", "tcp://127.0.0.1:1"]);
    assert.equal(status, 3);
    assert.match(stderr, /^no connection: /);
  });

  describe("at a terminal", { skip: noTerminal }, () => {
    const NO_COLOR = "1";

    test("completes what the server tells of, and keeps a history", async (test) => {
      const address = await discoverable(test);
      const XDG_STATE_HOME = temporaryDirectory(test);
      const repl = startAtTerminal(test, ["repl", address], { env: { NO_COLOR, XDG_STATE_HOME } });
      await repl.prints(/> /);
      // Key by key: a tab among other characters is taken for pasted text.
      repl.type("sub");
      await repl.prints(/sub$/);
      repl.type("\t");
      await repl.prints(/subtract $|subtract$/);
      repl.type(" 5 3\r");
      await repl.prints(/\n2\r/);
      repl.type(".methods\r");
      await repl.prints(/\nnever\r\nsubtract\r/);
      repl.type("\u0004");
      assert.equal((await repl.ended).status, 0);
      assert.equal(readFileSync(join(XDG_STATE_HOME, "tsjason/history"), "utf8"), "subtract 5 3\n.methods\n");

      const again = startAtTerminal(test, ["repl", await discoverable(test)], { env: { NO_COLOR, XDG_STATE_HOME } });
      await again.prints(/> /);
      again.type("\u001b[A\u001b[A\r");
      await again.prints(/\n2\r/);
      again.type(".exit\r");
      assert.equal((await again.ended).status, 0);
    });

    test("completes the methods of a service that tells of itself", async (test) => {
      const service = new Service({ discover: true }).addMethod("shop.order", (thing: number) => `no. ${thing}`);
      const { address } = await serve(test, service);
      const repl = startAtTerminal(test, ["repl", address], {
        env: { NO_COLOR, XDG_STATE_HOME: temporaryDirectory(test) },
      });
      await repl.prints(/> /);
      repl.type("sho");
      await repl.prints(/sho$/);
      repl.type("\t");
      await repl.prints(/shop\.order $|shop\.order$/);
      repl.type(" 7\r");
      await repl.prints(/\n"no\. 7"\r/);
      repl.type("\u0004");
      assert.equal((await repl.ended).status, 0);
    });

    test("shows what the server says unasked", async (test) => {
      const address = await discoverable(test);
      const repl = startAtTerminal(test, ["repl", address], {
        env: { NO_COLOR, XDG_STATE_HOME: temporaryDirectory(test) },
      });
      await repl.prints(/> /);
      repl.type("remind tea\r");
      await repl.prints(/< notification reminder \["tea"\]\r/);
    });

    test("gives up a call with Ctrl-C, and ends with the next", async (test) => {
      const address = await discoverable(test);
      const repl = startAtTerminal(test, ["repl", address], {
        env: { NO_COLOR, XDG_STATE_HOME: temporaryDirectory(test) },
      });
      await repl.prints(/> /);
      repl.type(".timeout 0\r");
      await repl.prints(/timeout 0\r[\s\S]*> /);
      repl.type("never\r");
      await repl.prints(/never\r/);
      repl.type("\u0003");
      await repl.prints(/failure: |aborted|no connection: /);
      repl.type("subtract 9 4\r");
      await repl.prints(/\n5\r/);
      repl.type("\u0003");
      assert.equal((await repl.ended).status, 0);
    });

    test("keeps what is typed while a call goes on", async (test) => {
      const called = deferred<void>();
      const answer = deferred<string>();
      const service = new Service().addMethod("slow", () => {
        called.resolve();
        return answer.promise;
      });
      const { address } = await serve(
        test,
        service.addMethod("echo", (text: string) => text),
      );
      const repl = startAtTerminal(test, ["repl", address], {
        env: { NO_COLOR, XDG_STATE_HOME: temporaryDirectory(test) },
      });
      await repl.prints(/> /);
      repl.type("slow\r");
      await called.promise;
      repl.type("echo be");
      await repl.prints(/echo be$/);
      answer.resolve("done");
      await repl.prints(/"done"\r\n[\s\S]*echo be[\s\S]*$/);
      repl.type("hind\r");
      await repl.prints(/"behind"\r/);
      repl.type("\u0004");
      assert.equal((await repl.ended).status, 0);
    });

    describe("of 20 columns and 5 rows", () => {
      const small = { rows: 5, columns: 20 };
      const startSmall = (test: TestContext, address: string) =>
        startAtTerminal(
          test,
          ["repl", address],
          { env: { NO_COLOR, XDG_STATE_HOME: temporaryDirectory(test) } },
          small,
        );

      test("does 10,000 pasted lines, in order", async (test) => {
        const taken: number[] = [];
        const { address } = await serve(
          test,
          new Service().addMethod("take", (number: number) => `no. ${taken.push(number)}`),
        );
        const repl = startSmall(test, address);
        await repl.prints(/> /);
        const numbers = Array.from({ length: 10_000 }, (_, index) => index);
        repl.type(numbers.map((number) => `take ${number}\r`).join(""));
        await repl.prints(/"no\. 10000"\r\n/);
        repl.type("\u0004");
        assert.equal((await repl.ended).status, 0);
        assert.deepEqual(taken, numbers);
      });

      test("gives up with Ctrl-C what was pasted behind a call, too", async (test) => {
        const address = await discoverable(test);
        const repl = startSmall(test, address);
        await repl.prints(/> /);
        repl.type(`.timeout 0\rnever\r${"subtract 9 4\r".repeat(100)}subtract 0 0\r`);
        await repl.prints(/subtract 0 0\r/);
        repl.type("\u0003");
        await repl.prints(/given up: never was aborted \(it was sent; whether it was executed is not known\)/);
        repl.type("subtract 8 1\r");
        await repl.prints(/\n7\r|G7\r/);
        repl.type("\u0004");
        const { status, stdout } = await repl.ended;
        assert.equal(status, 0);
        assert.doesNotMatch(stdout, /\b5\r\n/);
      });

      test("shows what the server says above a line of many rows, and leaves both there", async (test) => {
        const wire = await WireServer.listen(test);
        const repl = startSmall(test, wire.address);
        const peer = await wire.peer();
        const { id } = (await peer.inbox.next()) as { id: number };
        peer.socket.write(frame({ jsonrpc: "2.0", id, result: document }));
        await repl.prints(/> /);
        repl.type("x".repeat(50));
        await repl.prints(/x{10}$/);
        peer.socket.write(frame({ jsonrpc: "2.0", method: "reminder", params: ["tea"] }));
        // The line takes three rows, which are gone when the message comes, so that nothing goes back over that.
        const [, , after = ""] = await repl.prints(/(< notification reminder \["tea"\]\r\n)([\s\S]*x{50})/);
        assert.doesNotMatch(after, /\[\d+A/);
        repl.type("\u0003\u0003");
        assert.equal((await repl.ended).status, 0);
      });

      test("drops with Ctrl-C a line in whose middle the cursor is", async (test) => {
        const { address } = await serve(test);
        const repl = startSmall(test, address);
        await repl.prints(/> /);
        repl.type("nope nope\u0001");
        await repl.prints(/nope nope/);
        repl.type("\u0003add 20 22\r");
        await repl.prints(/42\r/);
        repl.type("\u0004");
        assert.equal((await repl.ended).status, 0);
      });
    });
  });
});
