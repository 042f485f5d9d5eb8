/**
 * The benchmark: calls per second, latency, CPU and memory, next to a hand-written floor and to other libraries.
 *
 *     node --import tsx bench/run.ts [--quick] [--workload 1,256] [--variant tsjason,jayson] [--list]
 *
 * A table goes to standard output, everything to a JSON file. What each number means stands in bench/README.md.
 */
import { parseArgs } from "node:util";
import { generate } from "selfsigned";
import { variants } from "./adapters/index.ts";
import { buildWorkers } from "./lib/build.ts";
import { measureFeatures, slicesOfFeatures } from "./lib/features.ts";
import { measureMemory, memoryVariants } from "./lib/memory.ts";
import type { PairedOptions } from "./lib/paired.ts";
import { twoCores } from "./lib/pin.ts";
import { makePlan, workloads } from "./lib/plan.ts";
import { assertBuilt } from "./lib/product.ts";
import { Progress } from "./lib/progress.ts";
import { printResults } from "./lib/report.ts";
import { LATEST, type MemoryResult, type Results, settingOf, type WorkloadResult, writeJson } from "./lib/results.ts";
import { measureGroup, slicesOf, type WireOptions } from "./lib/wire.ts";
import { endWorkersWithThis } from "./lib/worker.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    workload: { type: "string", multiple: true, default: [] },
    variant: { type: "string", multiple: true, default: [] },
    rounds: { type: "string" },
    "slice-ms": { type: "string" },
    "no-pin": { type: "boolean", default: false },
    "no-features": { type: "boolean", default: false },
    "no-memory": { type: "boolean", default: false },
    out: { type: "string", default: LATEST },
    list: { type: "boolean", default: false },
  },
});

if (values.list) {
  for (const { name, label } of workloads) console.log(`workload ${name.padEnd(16)} ${label}`);
  for (const [name, { label }] of Object.entries(variants)) console.log(`variant  ${name.padEnd(16)} ${label}`);
  process.exit();
}

const { quick } = values;
const names = (lists: readonly string[]) => lists.flatMap((list) => list.split(","));
const chosen = { workloads: names(values.workload), variants: names(values.variant) };
const filtered = chosen.workloads.length + chosen.variants.length > 0;
const plan = makePlan({ quick, ...chosen });
assertBuilt();

endWorkersWithThis();
const files = await buildWorkers();
const cores = values["no-pin"] ? undefined : twoCores();
const progress = new Progress();
const options: WireOptions = {
  files,
  cores,
  rounds: Number(values.rounds ?? (quick ? 5 : 8)),
  sliceMs: Number(values["slice-ms"] ?? (quick ? 50 : 160)),
  warmUps: quick ? 1 : 3,
  tick: progress.tick,
  warn: progress.warn,
};
const paired: PairedOptions = {
  files,
  core: cores?.[1],
  launches: quick ? 1 : 6,
  rounds: 5,
  sliceMs: quick ? 150 : 200,
  warmUps: quick ? 5 : 8,
  tick: progress.tick,
};
const withFeatures = !filtered && !values["no-features"];
const ofMemory = filtered || values["no-memory"] ? [] : memoryVariants.filter((name) => !quick || name === "tsjason");

progress.start(
  plan.reduce((sum, group) => sum + slicesOf(group, options), 0) +
    (withFeatures ? slicesOfFeatures(quick, paired) : 0) +
    ofMemory.length,
);
const measured: WorkloadResult[] = [];
for (const [index, group] of plan.entries()) {
  const tls = group.tls ? await certificate() : undefined;
  measured.push(...(await measureGroup(group, index, tls, options)));
}
const features = withFeatures ? await measureFeatures(quick, paired) : [];
const memory: MemoryResult[] = [];
for (const variant of ofMemory) {
  memory.push(await measureMemory(variant, options));
  progress.tick(`memory: ${variant}`);
}
progress.stop();

const command = ["npm run bench", ...(process.argv.length > 2 ? ["--", ...process.argv.slice(2)] : [])].join(" ");
const results: Results = {
  setting: settingOf(command, cores !== undefined),
  quick,
  workloads: measured,
  features,
  memory,
};
writeJson(values.out, results);
printResults(results);
console.log(`\nAll of it: ${values.out}`);

async function certificate() {
  const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    extensions: [
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 7, ip: "127.0.0.1" },
        ],
      },
    ],
  });
  return { key, cert };
}
