/**
 * Thousands of calls over connections on which everything goes wrong, and a log kept on both sides, which must agree: every
 * call settles exactly once; an answered call was executed exactly once, and its answer is the one the method gave; a
 * `not-sent` call was never executed; nothing is executed twice, but what was said to be idempotent.
 *
 * Garbage is made of bytes that no framing can take for its own, so that whoever reads them notices; it changes no call
 * into another. `npm run soak -- --faults` does this for longer.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ConnectionLostError } from "../../src/connection/errors/connection-lost-error.ts";
import { ParseError } from "../../src/protocol/errors/parse-error.ts";
import { RpcError } from "../../src/protocol/errors/rpc-error.ts";
import { FaultyLoad } from "../support/faulty-load.ts";
import { seedOf } from "../support/seed.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { Witness } from "../support/witness.ts";

const CALLS = 1_000;
/* Each is a request of its own there, and many are connections of their own. */
const CALLS_OVER_HTTP = 400;

describe("through faults, both sides agree on every call", { timeout: 100_000 }, () => {
  for (const [name, ...addresses] of [
    ["tcp, netstrings", "tcp://127.0.0.1:0"],
    ["tcp, lines", "tcp://127.0.0.1:0?framing=newline"],
    ["tcp, content-length", "tcp://127.0.0.1:0?framing=content-length"],
    ["unix", "unix:DIRECTORY/s"],
    ["WebSocket", "ws://127.0.0.1:0/rpc"],
    ["HTTP", "http://127.0.0.1:0/rpc"],
    ["two servers", "tcp://127.0.0.1:0", "ws://127.0.0.1:0/rpc"],
    ["two servers over HTTP", "http://127.0.0.1:0/rpc", "http://127.0.0.1:0/rpc"],
  ] as const) {
    it(`over ${name}`, async (t) => {
      const { seed, hint } = seedOf(t);
      const directory = temporaryDirectory(t);
      const load = new FaultyLoad({
        seed,
        addresses: addresses.map((address) => address.replace("DIRECTORY", directory)),
        calls: name.includes("HTTP") ? CALLS_OVER_HTTP : CALLS,
      });
      await load.run();
      load.witness.check(hint);
      assert(load.connections >= 5, `only ${load.connections} connections, so hardly a fault; ${hint}`);
      t.diagnostic(`${load.connections} connections, ${JSON.stringify(load.witness.tally)}`);
    });
  }
});

describe("the log of both sides notices", () => {
  const request = (key: number) => `{"jsonrpc":"2.0","id":1,"method":"now","params":[${key},""]}`;
  const lost = (outcome: "not-sent" | "unknown") => new ConnectionLostError("now", outcome);
  /** Executes a call so many times, and lets it come to something. */
  const story = async (times: number, outcome: (answers: unknown[]) => unknown) => {
    const witness = new Witness();
    await witness.track({}, async (key) => {
      const texts = await Promise.all(Array.from({ length: times }, () => witness.service.handle(request(key))));
      const result = outcome(texts.map((text) => JSON.parse(text ?? "").result));
      if (result instanceof Error) throw result;
      return result;
    });
    witness.check("");
  };

  it("nothing where all is well", async () => {
    await story(1, ([answer]) => answer);
    await story(0, () => lost("not-sent"));
    await story(0, () => lost("unknown"));
    await story(1, () => lost("unknown"));
    await story(0, () => new ParseError());
  });

  for (const [what, times, outcome, says] of [
    ["a call that was executed twice", 2, ([answer]: unknown[]) => answer, /executed twice/],
    ["an answer that nobody gave", 1, () => "0:17", /not the answer that was given/],
    ["an answer without an execution", 0, () => "0:0", /not the answer that was given/],
    ["an execution of what was not sent", 1, () => lost("not-sent"), /not sent, and executed/],
    ["an execution of what was refused", 1, () => new ParseError(), /refused, and executed/],
    ["an error from nowhere", 0, () => new RpcError(1_000_000, "x"), /an error from nowhere/],
  ] as const) {
    it(what, () => assert.rejects(story(times, outcome), says));
  }

  it("a call that is not settled", () => {
    const witness = new Witness();
    void witness.track({}, () => new Promise(() => {}));
    assert.throws(() => witness.check(""), /settled 0 times/);
  });
});
