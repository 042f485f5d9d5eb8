import assert from "node:assert/strict";
import { it } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { untrusted } from "../../src/protocol/limits.ts";
import { Service } from "../../src/service/service.ts";
import { attack, callText, everywhere } from "../support/hostile.ts";

const MARK = untrusted.queuedBytes;
const CALLS = 3_000;
const SIZE = 100_000;

/* What is alive of this process's memory: texts and what sockets hold. */
setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");
function memory(): number {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Answers of which no two are the same, and none is in memory but while somebody keeps it. */
let made = 0;
const answer = () => String(made++).padStart(SIZE, "x");

const methods: Record<string, () => unknown> = {
  "at once": answer,
  "by a promise": async () => answer(),
  "some turns later": async () => {
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    return answer();
  },
};

everywhere(
  "queuedBytes",
  (row) => {
    for (const [name, method] of Object.entries(methods)) {
      it(`bounds what a client costs that asks ${CALLS} times and never reads, answered ${name}`, async (t) => {
        const service = new Service().addMethod("large", method).addMethod("echo", (value: unknown) => value);
        const limits = { ...untrusted, stallTime: Number.POSITIVE_INFINITY };
        const { server, peer } = await attack(t, row, limits, { service });
        const [honest, hostile] = [await peer(), await peer()];
        const before = memory();
        hostile.socket.pause();
        hostile.socket.write(
          Buffer.concat(Array.from({ length: CALLS }, (_, id) => hostile.bytes(callText(id, "large")))),
        );
        // Until nothing more is begun for it: others are served all the while.
        for (let quiet = 0, seen = -1; quiet < 100; ) {
          honest.say(callText(1, "echo", ["still"]));
          assert.equal((await honest.inbox.next()).result, "still");
          quiet = made === seen && server.inFlight === 0 ? quiet + 1 : 0;
          seen = made;
        }
        // Nothing of it has gone, so this is the most that it ever was.
        const growth = memory() - before;
        assert(growth < 2 * MARK, `${(growth / 2 ** 20).toFixed(1)} MiB`);
        // It was not cut: when it reads, it gets what it asked for, and what waited is begun.
        hostile.socket.resume();
        const soFar = made;
        for (const { result } of await hostile.inbox.take(200)) assert.equal((result as string).length, SIZE);
        assert(made > soFar);
        hostile.socket.destroy();
        assert.equal(server.counters.maxQueuedBytes, 0);
      });
    }
  },
  { http: "a connection gets one answer after the other; see limits.stallTime" },
);
