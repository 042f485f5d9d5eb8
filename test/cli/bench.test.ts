import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { deferred } from "../../src/connection/deferred.ts";
import { Service } from "../../src/service/service.ts";
import { noTerminal, start, startAtTerminal, tsjason } from "../support/command.ts";
import { serve } from "../support/served.ts";
import { temporaryDirectory } from "../support/temporary.ts";

describe("tsjason bench", () => {
  test("makes as many calls as it was told, and reports them", async (test) => {
    const { address } = await serve(test);
    const args = ["bench", address, "add", "1", "2", "--count", "500", "-c", "2", "-n", "8", "--json"];
    const { stdout, stderr, status } = await tsjason(test, args);
    assert.deepEqual([stderr, status], ["", 0]);
    const report = JSON.parse(stdout);
    assert.deepEqual([report.results, report.errors, report.connections, report.interrupted], [500, {}, 2, false]);
    const counted = report.histogram.reduce((sum: number, { count }: { count: number }) => sum + count, 0);
    assert.equal(counted, 500);
    const { min, p50, p99, max } = report.latency;
    assert.ok(min > 0 && min <= p50 && p50 <= p99 && p99 <= max, JSON.stringify(report.latency));
  });

  test("prints a table and a histogram, and writes a page that loads nothing", async (test) => {
    const { address } = await serve(test);
    const page = join(temporaryDirectory(test), "report.html");
    const { stdout, status } = await tsjason(test, [
      "bench",
      address,
      "echo",
      "</script>",
      "--count",
      "50",
      "--html",
      page,
    ]);
    assert.equal(status, 0);
    assert.match(
      stdout,
      /^results +50\ntime +\S+ m?s\nrate +\S+ a second\n\nlatency +min +mean +p50 +p90 +p99 +p99.9 +max\n/,
    );
    assert.match(stdout, /█/);
    assert.ok(existsSync(page));
    const html = readFileSync(page, "utf8");
    assert.match(html, /default-src 'none'/);
    assert.doesNotMatch(html, /(?:src|href)=["']?http/);
    assert.match(html, /new uPlot/);
    assert.match(html, /"results":50/);
  });

  test("counts errors by their codes, and keeps to a rate", async (test) => {
    const { address } = await serve(test);
    const refused = await tsjason(test, ["bench", address, "nope", "--count", "20", "--json"]);
    assert.equal(refused.status, 1);
    assert.deepEqual(JSON.parse(refused.stdout).errors, { "error -32601": 20 });
    const paced = await tsjason(test, ["bench", address, "add", "1", "2", "--count", "10", "--rate", "100", "--json"]);
    const { elapsed, results } = JSON.parse(paced.stdout);
    assert.equal(results, 10);
    // The tenth is due after 90 ms: never earlier, however busy the machine is.
    assert.ok(elapsed >= 88, `${elapsed} ms`);
  });

  test("ends with Ctrl-C and a report of what was done", async (test) => {
    const called = deferred<void>();
    const service = new Service().addMethod("work", () => called.resolve());
    const { address } = await serve(test, service);
    const busy = start(test, ["bench", address, "work", "--duration", "10m", "--json"]);
    await called.promise;
    busy.signal("SIGINT");
    const { status, stdout } = await busy.ended;
    assert.equal(status, 130);
    assert.equal(JSON.parse(stdout).interrupted, true);
  });

  test("says when nobody is there, or the bounds make no sense", async (test) => {
    assert.equal((await tsjason(test, ["bench", "tcp://127.0.0.1:1", "add"])).status, 3);
    assert.equal((await tsjason(test, ["bench", "tcp://127.0.0.1:1", "add", "--duration", "2000m"])).status, 2);
    assert.equal((await tsjason(test, ["bench", "tcp://127.0.0.1:1", "add", "--concurrency", "0"])).status, 2);
  });

  test("says at once when nobody is there over HTTP, where only calls show it", async (test) => {
    const args = ["bench", "http://127.0.0.1:1", "add", "-d", "10m", "--rate", "0.01"];
    const { status, stdout, stderr } = await tsjason(test, args);
    assert.deepEqual([status, stdout], [3, ""]);
    assert.match(stderr, /^no connection: http:\/\/127\.0\.0\.1:1 could not be dialled: .*ECONNREFUSED/);
  });

  test("shows its progress at a terminal", { skip: noTerminal }, async (test) => {
    const { address } = await serve(test);
    const bench = startAtTerminal(test, ["bench", address, "add", "1", "2", "-d", "10m"], { env: { NO_COLOR: "1" } });
    await bench.prints(/━+ \d+\.\d s {2}[\d,]+\/s {2}p50 \S+ ms {2}p99 /);
    bench.type("\u0003");
    assert.equal((await bench.ended).status, 130);
    assert.match(bench.stdout, /results +[\d,]+\r/);
  });
});
