import type { Command } from "commander";
import { action, examples } from "../command.ts";
import { addConnectOptions } from "../connect/options.ts";
import { count, duration, rate } from "../words/numbers.ts";

const MAX_CALLS = 1_000_000_000;

/** `tsjason bench`. */
export function addBench(program: Command): void {
  const command = program
    .command("bench")
    .description("load a server with calls, bounded in number and time, and show rate and latency")
    .argument("<address>", "whom to load: your own server")
    .argument("<method>", "the method to call")
    .argument("[params...]", "as those of call")
    .option("--params <json>", "all params as one JSON array or object, or - or @file")
    .option("-c, --connections <number>", "connections", count(1_000), 1)
    .option("-n, --concurrency <number>", "calls at once on each connection", count(10_000), 16)
    .option("--count <number>", "calls in all; it ends with them", count(MAX_CALLS), MAX_CALLS)
    .option("-d, --duration <time>", "how long, at most an hour", duration, 5_000)
    .option("--rate <number>", "calls a second in all; default: as many as go", rate)
    .option("--html <file>", "write a report with charts: one page that loads nothing")
    .option("--json", "for machines: the report as a line of JSON");
  addConnectOptions(command)
    .addHelpText(
      "after",
      `
A latency counts from the call to its result; with --rate from when the call was due. Ctrl-C ends it with a report of what
was done. Exits with 0 when there were results only, with 1 when there were errors.
${examples(
  ["tsjason bench tcp://127.0.0.1:7080 echo hello", "16 calls at once for 5 seconds"],
  ["tsjason bench tcp://127.0.0.1:7080 echo hello -c 10 -n 100 -d 30s --html report.html", "1,000 at once, and a page"],
  ["tsjason bench ws://127.0.0.1:8080 add 1 2 --rate 500 --count 10000", "500 a second, 20 seconds"],
)}`,
    )
    .action(action(() => import("../runs/bench.ts")));
}
