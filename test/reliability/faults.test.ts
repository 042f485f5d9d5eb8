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
import { FaultyLoad } from "../support/faulty-load.ts";
import { seedOf } from "../support/seed.ts";
import { temporaryDirectory } from "../support/temporary.ts";

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
