/**
 * What the library itself costs: both ends in one process, and no kernel between them. It shows changes of 3%.
 *
 *     node --import tsx bench/codec.ts [--quick] [--scenario 256,batch] [--build before=/tmp/dist] [--build after=dist]
 *
 * Every `--build` is compared with the first; without one, the built product is compared with the floor.
 */
import { parseArgs } from "node:util";
import { buildWorkers } from "./lib/build.ts";
import {
  type Arm,
  bestRatioOf,
  costOf,
  measurePaired,
  type PairedOptions,
  ratioOf,
  ratiosByLaunch,
  slicesOfPaired,
} from "./lib/paired.ts";
import { twoCores } from "./lib/pin.ts";
import { assertBuilt, DIST } from "./lib/product.ts";
import { Progress } from "./lib/progress.ts";
import { type Scenario, scenarios } from "./lib/scenario.ts";
import { round, table } from "./lib/table.ts";
import { endWorkersWithThis } from "./lib/worker.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    scenario: { type: "string", multiple: true, default: [] },
    build: { type: "string", multiple: true, default: [] },
    launches: { type: "string" },
    rounds: { type: "string" },
    "slice-ms": { type: "string" },
  },
});

const names = values.scenario.flatMap((list) => list.split(",")) as (keyof typeof scenarios)[];
for (const name of names) {
  if (!Object.hasOwn(scenarios, name)) {
    throw new RangeError(`there is no scenario ${name}; there are ${Object.keys(scenarios).join(", ")}`);
  }
}
const chosen = names.length > 0 ? names : (Object.keys(scenarios) as (keyof typeof scenarios)[]);
const builds = values.build.map((build) => {
  const [name = "", dist = ""] = build.split("=");
  return { name, dist };
});
if (builds.length === 0) builds.push({ name: "tsjason", dist: DIST });
for (const { dist } of builds) assertBuilt(dist);

/** The first of them is what the others are compared with. */
function armsOf(scenario: Scenario): Arm[] {
  const [first] = builds as [{ name: string; dist: string }];
  const floor: Arm = { name: "floor", scenario, dist: undefined };
  // The floor has neither batches nor async methods, nor anything but ASCII: its single calls stand for the first two.
  const floors = scenario.text === "wide" || scenario.handleOnly ? [] : [floor];
  const single = { ...scenario, batch: undefined } as unknown as Scenario;
  const products = builds.map((build) => ({ ...build, scenario }));
  const again = { name: `${first.name} again`, dist: first.dist, scenario };
  return [...products, again, ...floors.map((arm) => ({ ...arm, scenario: single }))];
}

endWorkersWithThis();
const files = await buildWorkers();
const core = twoCores()?.[1];
const options: Omit<PairedOptions, "tick"> = {
  files,
  core,
  launches: Number(values.launches ?? (values.quick ? 2 : 5)),
  rounds: Number(values.rounds ?? (values.quick ? 6 : 10)),
  sliceMs: Number(values["slice-ms"] ?? 200),
  warmUps: 10,
};
const progress = new Progress();
const total = chosen.reduce((sum, name) => sum + slicesOfPaired(armsOf(scenarios[name]).length, options), 0);
progress.start(total);
const [reference] = builds as [{ name: string; dist: string }];
const lines: string[][] = [];
for (const name of chosen) {
  const arms = armsOf(scenarios[name]);
  const samples = await measurePaired(arms, { ...options, tick: (what) => progress.tick(`${name}: ${what}`) });
  for (const arm of arms) {
    const ratio = ratioOf(samples, arm.name, reference.name);
    const launches = ratiosByLaunch(samples, arm.name, reference.name);
    lines.push([
      `${name}: ${arm.name}`,
      round(costOf(samples, arm.name).median, 3),
      round(ratio.median, 3),
      round(bestRatioOf(samples, arm.name, reference.name), 3),
      `${round(ratio.q1, 3)} to ${round(ratio.q3, 3)}`,
      `${round(Math.min(...launches), 3)} to ${round(Math.max(...launches), 3)}`,
    ]);
  }
}
progress.stop();
if (core === undefined) console.log("The processes were not pinned to a core.");
console.log(
  table(["scenario: build", "CPU us/call", `to ${reference.name}`, "quickest 10%", "quartiles", "by launch"], lines),
);
