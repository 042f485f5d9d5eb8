import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { BenchResult } from "./result.ts";

/**
 * The report of a load as a page with charts: one file, which loads nothing. The charts are drawn by uPlot, whose code is put
 * into the page.
 */
export function htmlReport(result: BenchResult): string {
  const { resolve } = createRequire(import.meta.url);
  const style = readFileSync(resolve("uplot/dist/uPlot.min.css"), "utf8");
  const library = readFileSync(resolve("uplot/dist/uPlot.iife.min.js"), "utf8");
  const { address, method, connections, concurrency, time } = result;
  const title = escaped(`${method} at ${address}`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<title>tsjason bench: ${title}</title>
<style>${style}
:root { color-scheme: light; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1c2430; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { padding: .2rem .9rem .2rem 0; text-align: left; font-variant-numeric: tabular-nums; }
th { font-weight: 500; color: #5a6675; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
</style>
<h1>${title}</h1>
<p>${escaped(`${connections} connections, ${concurrency} calls at once on each, ${time}${result.interrupted ? ", interrupted" : ""}`)}</p>
${tables(result)}
<h2>Latencies: how many results took how long (ms)</h2><div id="histogram"></div>
<h2>Results a second, over the time (s)</h2><div id="rate"></div>
<h2>Latency (ms), over the time (s)</h2><div id="latency"></div>
<script>${library}</script>
<script>
const result = ${inScript(result)};
${DRAW}
</script>
</html>
`;
}

function tables({ results, resultsPerSecond, elapsed, errors, latency }: BenchResult): string {
  const table = (rows: readonly (readonly [string, string | number])[]) =>
    `<table>${rows.map(([name, value]) => `<tr><th>${escaped(name)}</th><td>${escaped(String(value))}</td></tr>`).join("")}</table>`;
  const counts = [
    ["results", results.toLocaleString("en")],
    ...Object.entries(errors),
    ["results a second", resultsPerSecond.toLocaleString("en")],
    ["seconds", elapsed / 1_000],
  ] as const;
  return table(counts) + (latency ? table(Object.entries(latency).map(([name, ms]) => [`${name} (ms)`, ms])) : "");
}

/* Runs in the page. */
const DRAW = `
const width = Math.min(920, document.body.clientWidth);
const axes = [{}, { size: 70 }];
const draw = (id, options, data) => new uPlot({ width, height: 260, axes, ...options }, data, document.getElementById(id));
const { histogram, samples } = result;
draw("histogram", {
  scales: { x: { time: false, distr: 3 } },
  series: [{ label: "ms from" }, { label: "results", stroke: "#0b7285", fill: "#99e9f2", paths: uPlot.paths.stepped({ align: 1 }), points: { show: false } }],
}, [histogram.map((b) => b.from).concat(histogram.at(-1)?.to ?? []), histogram.map((b) => b.count).concat(histogram.length ? 0 : [])]);
const seconds = samples.map((s) => s.at / 1000);
draw("rate", {
  scales: { x: { time: false } },
  series: [{ label: "s" }, { label: "results/s", stroke: "#2b8a3e", fill: "#ebfbee" }, { label: "errors", stroke: "#c92a2a" }],
}, [seconds, samples.map((s) => s.rate), samples.map((s) => s.errors)]);
draw("latency", {
  scales: { x: { time: false } },
  series: [{ label: "s" }, { label: "p50", stroke: "#0b7285" }, { label: "p99", stroke: "#e8590c" }],
}, [seconds, samples.map((s) => s.p50), samples.map((s) => s.p99)]);
`;

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A value as JSON that no parser of HTML takes for the end of the script. */
function inScript(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}
