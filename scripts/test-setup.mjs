// Loaded into every process that runs a test file: ends one that does not end by itself, and says what holds it open; and
// notes how long it took, as a line of JSON, in the file that TSJASON_TEST_TIMES names.

import { appendFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

const fileTimeout = 120_000; // ms

if (process.env.NODE_TEST_CONTEXT !== undefined) {
  const times = process.env.TSJASON_TEST_TIMES;
  // What the tests start is not to take itself for a test file.
  delete process.env.TSJASON_TEST_TIMES;
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
