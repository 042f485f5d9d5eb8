/** A short soak: a bounded number of calls and reconnects, after which nothing is left. `npm run soak` looks at memory too. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seedOf } from "../support/seed.ts";
import { SoakLoad } from "../support/soak-load.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { turns } from "../support/turns.ts";

const CALLS = 4_000;

/** What is held that was not, but for files that are read: modules are loaded when they are first used. */
function leftBeside(before: readonly string[]): string[] {
  const left = process.getActiveResourcesInfo().filter((name) => !name.startsWith("FSReq"));
  for (const name of before) {
    const at = left.indexOf(name);
    if (at >= 0) left.splice(at, 1);
  }
  return left;
}

test("mixed load with reconnects leaves no timer, socket or listener behind", { timeout: 60_000 }, async (t) => {
  const before = process.getActiveResourcesInfo();
  const load = new SoakLoad(seedOf(t).seed);
  await load.start([
    "tcp://127.0.0.1:0",
    `unix:${temporaryDirectory(t)}/s`,
    "ws://127.0.0.1:0/",
    "http://127.0.0.1:0/",
  ]);
  const done = () => load.tally.answered + load.tally.refused + load.tally.lost;
  await load.run(() => done() < CALLS);
  await load.close();
  t.diagnostic(JSON.stringify(load.tally));
  const { answered, refused, lost, reconnects } = load.tally;
  assert(answered > CALLS / 2 && refused > 0 && lost > 0 && reconnects > 0);
  // What Node.js itself puts away needs some turns more.
  for (let left = 1_000; left > 0 && leftBeside(before).length > 0; left--) await turns(1);
  assert.deepEqual(leftBeside(before), []);
});
