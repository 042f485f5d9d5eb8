/**
 * Whether tsjason is as fast as it is meant to be: each goal with what was measured, as a list. It only reports,
 * unless `--strict` asks for an exit status of 1 where a goal is missed by more than the noise.
 *
 *     node --import tsx bench/check.ts [--full | --from results.json] [--strict]
 *
 * It measures first: quickly, or with `--full` as long as it takes. `--from` takes the results of an earlier run.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Verdict, verdicts } from "./lib/goals.ts";
import { LATEST, type Results } from "./lib/results.ts";
import { round, table } from "./lib/table.ts";

const { values } = parseArgs({
  options: {
    full: { type: "boolean", default: false },
    from: { type: "string" },
    strict: { type: "boolean", default: false },
  },
});

const file = values.from ?? LATEST;
if (values.from === undefined) measure();
const results = JSON.parse(readFileSync(file, "utf8")) as Results;

const list = verdicts(results);
console.log(`\nThe goals, by ${file}${results.quick ? " (a quick run: expect noise)" : ""}`);
console.log(table(["", "goal", "measured", "noise", "verdict"], list.map(lineOf)));
const count = (verdict: Verdict["verdict"]) => list.filter((one) => one.verdict === verdict).length;
const missed = count("missed");
console.log(
  `${count("reached")} reached, ${count("within the noise")} within the noise, ${missed} missed, ` +
    `${count("not measured")} not measured`,
);
if (values.strict && missed > 0) process.exitCode = 1;

function lineOf({ goal, measured, noise, verdict }: Verdict): string[] {
  const digits = goal.digits ?? 2;
  return [
    goal.label,
    `${goal.atLeast === undefined ? "<=" : ">="} ${goal.atLeast ?? goal.atMost}`,
    measured === undefined ? "" : round(measured, digits),
    noise === undefined ? "" : `+-${round(noise, digits)}`,
    verdict,
  ];
}

function measure(): void {
  const run = join(fileURLToPath(new URL(".", import.meta.url)), "run.ts");
  const args = ["--import", "tsx", run, "--out", file, ...(values.full ? [] : ["--quick"])];
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
