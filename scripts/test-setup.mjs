// Loaded into every process that runs a test file: ends one that does not end by itself, and says what holds it open; and
// notes how long it took, as a line of JSON, in the file that TSJASON_TEST_TIMES names. What the environment says of colours is
// for the report: programs that tests run and read must not get to see it, and a runner at a terminal says it by itself.

import { appendFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

const fileTimeout = 120_000; // ms

if (process.env.NODE_TEST_CONTEXT !== undefined) {
  const times = process.env.TSJASON_TEST_TIMES;
  for (const name of ["TSJASON_TEST_TIMES", "FORCE_COLOR", "NO_COLOR", "NODE_DISABLE_COLORS"]) delete process.env[name];
  if (times !== undefined && isMainThread) {
    process.on("exit", () => {
      appendFileSync(times, `${JSON.stringify({ file: process.argv[1], ms: performance.now() })}\n`);
    });
  }
  setTimeout(() => {
    const held = process.getActiveResourcesInfo().join(", ");
    console.error(`${process.argv[1]} did not end within ${fileTimeout / 1000} s; still open: ${held}`);
    process.exit(1);
  }, fileTimeout).unref();
}
