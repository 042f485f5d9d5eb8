import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import { ChildExitError } from "../../src/transport/child-exit-error.ts";
import { Crashes } from "../../src/transport/stdio/crashes.ts";
import { Lines } from "../../src/transport/stdio/lines.ts";

describe("the crashes of a program", () => {
  const crash = new ChildExitError("program", 1, null, []);
  const limits = { maxCrashes: 2, crashWindow: 1_000 };

  it("are too many when so many were within the window, until the first is outside", () => {
    const crashes = new Crashes();
    crashes.assertFew(limits, 0);
    crashes.add(crash, 100);
    crashes.assertFew(limits, 100);
    crashes.add(crash, 600);
    assert.throws(() => crashes.assertFew(limits, 700), {
      message:
        "program crashed 2 times within 1000 ms and is not started for another 400 ms; the last time, program exited with status 1",
      cause: crash,
    });
    assert.throws(() => crashes.assertFew(limits, 1_099));
    crashes.assertFew(limits, 1_100);
    crashes.add(crash, 1_200);
    assert.throws(() => crashes.assertFew(limits, 1_599));
    crashes.assertFew(limits, 1_600);
  });

  it("are never too many without a limit", () => {
    const crashes = new Crashes();
    for (let at = 0; at < 100; at++) crashes.add(crash, 0);
    crashes.assertFew({ maxCrashes: Number.POSITIVE_INFINITY, crashWindow: 1_000 }, 0);
  });
});

describe("lines", () => {
  function linesOf(...chunks: (string | Buffer)[]) {
    const taken: string[] = [];
    const lines = new Lines((line) => taken.push(line));
    for (const chunk of chunks) lines.feed(Buffer.from(chunk));
    return { lines, taken };
  }

  it("are cut wherever the bytes were", () => {
    const bytes = Buffer.from("é\n\nzwei\r\n漢字");
    for (let at = 0; at <= bytes.length; at++) {
      const { lines, taken } = linesOf(bytes.subarray(0, at), bytes.subarray(at));
      assert.deepEqual(taken, ["é", "", "zwei"], `cut at ${at}`);
      lines.end();
      lines.end();
      assert.deepEqual(taken, ["é", "", "zwei", "漢字"]);
    }
  });

  it("without end are cut too", () => {
    const { lines, taken } = linesOf("x".repeat(10_000), "x".repeat(10_000), `${"x".repeat(10_000)}\ny`);
    lines.end();
    assert.deepEqual(
      taken.map(({ length }) => length),
      [8_192, 8_192, 8_192, 30_000 - 3 * 8_192, 1],
    );
  });

  it("are remembered, the last twenty and not whole", () => {
    const { lines } = linesOf(Array.from({ length: 22 }, (_, at) => `${at}${"x".repeat(2_000)}\n`).join(""));
    const last = lines.last;
    assert.deepEqual(
      last.map((line) => Number.parseInt(line, 10)),
      Array.from({ length: 20 }, (_, at) => at + 2),
    );
    assert.ok(last.every(({ length }) => length === 1_000));
  });
});
