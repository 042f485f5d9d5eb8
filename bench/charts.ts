/**
 * Draws what was measured: SVG files, and the figures they were drawn from beside them.
 *
 *     node --import tsx bench/charts.ts [--from results.json] [--growth growth.json] [--to docs/performance]
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { parse, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { growthCharts, resultCharts } from "./lib/charts.ts";
import type { Growth } from "./lib/growth.ts";
import { rootOf } from "./lib/product.ts";
import { LATEST, LATEST_GROWTH, type Results, writeJson } from "./lib/results.ts";

const root = rootOf(fileURLToPath(new URL(".", import.meta.url)));
const { values } = parseArgs({
  options: {
    from: { type: "string", default: LATEST },
    growth: { type: "string", default: LATEST_GROWTH },
    to: { type: "string", default: join(root, "docs", "performance") },
  },
});

mkdirSync(values.to, { recursive: true });
await drawAll<Results>(values.from, "results.json", resultCharts);
await drawAll<Growth>(values.growth, "growth.json", growthCharts);

async function drawAll<T>(file: string, copy: string, charts: (data: T) => Record<string, TopLevelSpec>) {
  if (!existsSync(file)) {
    console.error(`there is no ${file}, so nothing is drawn of it`);
    return;
  }
  const data = JSON.parse(readFileSync(file, "utf8")) as T;
  writeJson(join(values.to, copy), data);
  for (const [name, spec] of Object.entries(charts(data))) {
    const to = join(values.to, `${name}.svg`);
    writeFileSync(to, `${await draw(spec)}\n`);
    console.log(to);
  }
}

async function draw(spec: TopLevelSpec): Promise<string> {
  const view = new View(parse(compile(spec).spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}
