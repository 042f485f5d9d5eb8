/**
 * Whether tsjason is as fast as it is meant to be: each goal with what was measured, as a list. It only reports,
 * unless `--strict` asks for an exit status of 1 where a goal is missed by more than the noise.
 *
 *     node --import tsx bench/check.ts [--full | --from results.json] [--scale scale.json] [--strict]
 *
 * It measures first: quickly, or with `--full` as long as it takes. `--from` takes the results of an earlier run. What there
 * is to reach with more than one process is measured with `--full`; else it goes by the last run of `scale`, if there was one.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Verdict, verdicts } from "./lib/goals.ts";
import { LATEST, LATEST_SCALE, type Results, type ScaleResults } from "./lib/results.ts";
import { round, table } from "./lib/table.ts";

const { values } = parseArgs({
  options: {
    full: { type: "boolean", default: false },
    from: { type: "string" },
    scale: { type: "string", default: LATEST_SCALE },
    strict: { type: "boolean", default: false },
  },
});

const file = values.from ?? LATEST;
if (values.from === undefined) measure();
const results = JSON.parse(readFileSync(file, "utf8")) as Results;
const scale = existsSync(values.scale) ? (JSON.parse(readFileSync(values.scale, "utf8")) as ScaleResults) : undefined;

const list = verdicts(results, scale);
console.log(`\nThe goals, by ${file}${results.quick ? " (a quick run: expect noise)" : ""}`);
if (scale) {
  const { date, commit } = scale.setting;
  console.log(
    `With more than one process, by ${values.scale} of ${date}, commit ${commit}${scale.quick ? ", quick" : ""}`,
  );
}
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
  run("run.ts", "--out", file, ...(values.full ? [] : ["--quick"]));
  if (values.full) run("scale.ts", "--out", values.scale);
}

function run(program: string, ...args: string[]): void {
  const path = join(fileURLToPath(new URL(".", import.meta.url)), program);
  const { status } = spawnSync(process.execPath, ["--import", "tsx", path, ...args], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
