import type { TopLevelSpec } from "vega-lite";
import type { VariantName } from "../adapters/index.ts";
import { variants } from "../adapters/index.ts";
import { AXES, type Axis, type Growth } from "./growth.ts";
import { rowOf, variantsOf, workloadsOf } from "./report.ts";
import type { Results } from "./results.ts";

/* The charts, as Vega-Lite describes them. */

const WIDTH = 620;
const TSJASON = "#0b6e99";
const OTHERS = "#9aa5ad";
const FLOOR = "#d08c1d";

const config = {
  font: "system-ui, sans-serif",
  axis: { labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", labelLimit: 320, gridColor: "#e4e7ea" },
  legend: { labelFontSize: 12, titleFontSize: 12, labelLimit: 320 },
  title: { anchor: "start", fontSize: 14, subtitleFontSize: 12, offset: 12 },
  view: { stroke: null },
} as const;

const FRAME = { $schema: "https://vega.github.io/schema/vega-lite/v6.json", background: "white", padding: 12, config };

const owner = {
  field: "owner",
  type: "nominal",
  legend: null,
  scale: { domain: ["tsjason", "floor", "other"], range: [TSJASON, FLOOR, OTHERS] },
} as const;

function ownerOf(name: VariantName): string {
  if (name.startsWith("tsjason")) return "tsjason";
  return name.startsWith("floor") ? "floor" : "other";
}

/** The libraries, and the floor; without its double. */
function compared(results: Results): VariantName[] {
  const left: VariantName[] = ["floor-again", "floor-once", "tsjason-proxy", "tsjason-async"];
  return variantsOf(results).filter((name) => !left.includes(name));
}

export function resultCharts(results: Results): Record<string, TopLevelSpec> {
  return {
    "of-the-floor": ofTheFloor(results),
    libraries: libraries(results),
    times: times(results),
    latency: latency(results),
    cpu: cpu(results),
    ...(results.memory.some(({ neverRead }) => neverRead) && { "never-read": neverRead(results) }),
  };
}

function ofTheFloor(results: Results): TopLevelSpec {
  const shown: VariantName[] = ["tsjason", "tsjason-proxy", "tsjason-async", "floor-again"];
  const columns = workloadsOf(results);
  const values = columns.flatMap(({ workload, label }) =>
    shown.flatMap((name) => {
      const row = rowOf(results, workload, name);
      return row ? [{ label, variant: variants[name].label, ...row.ratio }] : [];
    }),
  );
  const y = { field: "label", type: "nominal", title: null, sort: columns.map(({ label }) => label) } as const;
  const yOffset = { field: "variant", sort: shown.map((name) => variants[name].label) } as const;
  const color = {
    field: "variant",
    type: "nominal",
    title: null,
    sort: shown.map((name) => variants[name].label),
    scale: { range: [TSJASON, "#56a3c4", "#9dcbe0", FLOOR] },
    legend: { orient: "bottom", columns: 2 },
  } as const;
  return {
    ...FRAME,
    title: {
      text: "Calls per second, of the hand-written floor's",
      subtitle: "Medians and quartiles of interleaved slices",
    },
    width: WIDTH,
    height: { step: 11 },
    data: { values },
    layer: [
      {
        mark: { type: "rule", strokeWidth: 2 },
        encoding: { y, yOffset, color, x: { field: "q1", type: "quantitative" }, x2: { field: "q3" } },
      },
      {
        mark: { type: "point", filled: true, size: 50, opacity: 1 },
        encoding: {
          y,
          yOffset,
          color,
          x: { field: "median", type: "quantitative", title: null, scale: { zero: false } },
        },
      },
      {
        data: { values: [{}] },
        mark: { type: "rule", strokeDash: [4, 3], color: "#555" },
        encoding: { x: { datum: 1 } },
      },
    ],
  };
}

/** One workload, all libraries. */
function libraries(results: Results): TopLevelSpec {
  const values = compared(results).flatMap((name) => {
    const row = rowOf(results, "256", name);
    if (!row) return [];
    const { median } = row.callsPerSecond;
    return [
      {
        label: variants[name].label,
        owner: ownerOf(name),
        rate: median,
        text: Math.round(median).toLocaleString("en-US"),
      },
    ];
  });
  values.sort((a, b) => b.rate - a.rate);
  const y = { field: "label", type: "nominal", title: null, sort: values.map(({ label }) => label) } as const;
  const x = { field: "rate", type: "quantitative", title: "calls per second" } as const;
  return {
    ...FRAME,
    title: { text: "Calls per second", subtitle: "256 outstanding on one connection, a short string" },
    width: WIDTH,
    height: { step: 24 },
    data: { values },
    layer: [
      { mark: { type: "bar" }, encoding: { y, x, color: owner } },
      { mark: { type: "text", align: "left", dx: 4, fontSize: 12 }, encoding: { y, x, text: { field: "text" } } },
    ],
  };
}

/** How many times the calls per second of each library, at each workload. */
function times(results: Results): TopLevelSpec {
  const columns = workloadsOf(results).filter(
    ({ workload }) => !["tls", "batch", "notify", "churn"].includes(workload),
  );
  const names = compared(results).filter((name) => ownerOf(name) === "other");
  const values = columns.flatMap(({ workload, label }) =>
    names.flatMap((name) => {
      const value = results.workloads.find((one) => one.workload === workload && one.rows[name])?.rows[name]
        ?.behindTsjason?.median;
      if (value === undefined) return [];
      const text = value >= 10 ? value.toFixed(0) : value.toFixed(1);
      return [{ label, library: variants[name].label, value, text: `${text}x` }];
    }),
  );
  const x = {
    field: "label",
    type: "nominal",
    title: null,
    sort: columns.map(({ label }) => label),
    axis: { orient: "top", labelAngle: -35, domain: false, ticks: false },
  } as const;
  const y = {
    field: "library",
    type: "nominal",
    title: null,
    sort: names.map((name) => variants[name].label),
    axis: { domain: false, ticks: false },
  } as const;
  return {
    ...FRAME,
    title: { text: "How many times the calls per second of other libraries tsjason makes" },
    width: { step: 62 },
    height: { step: 28 },
    data: { values },
    layer: [
      {
        mark: { type: "rect", stroke: "white", strokeWidth: 2 },
        encoding: {
          x,
          y,
          color: {
            field: "value",
            type: "quantitative",
            legend: null,
            scale: { type: "log", range: ["#eef5f8", "#5ba7c6"] },
          },
        },
      },
      { mark: { type: "text", fontSize: 12 }, encoding: { x, y, text: { field: "text" } } },
    ],
  };
}

function latency(results: Results): TopLevelSpec {
  const values = compared(results).flatMap((name) => {
    const row = rowOf(results, "256", name);
    return row ? [{ label: variants[name].label, owner: ownerOf(name), p50: row.p50, p99: row.p99 }] : [];
  });
  values.sort((a, b) => a.p50 - b.p50);
  const y = { field: "label", type: "nominal", title: null, sort: values.map(({ label }) => label) } as const;
  const scale = { type: "log" } as const;
  return {
    ...FRAME,
    title: {
      text: "Latency: the median, and up to the 99th percentile",
      subtitle: "256 outstanding on one connection, a short string",
    },
    width: WIDTH,
    height: { step: 24 },
    data: { values },
    layer: [
      {
        mark: { type: "rule", strokeWidth: 3 },
        encoding: { y, color: owner, x: { field: "p50", type: "quantitative", scale }, x2: { field: "p99" } },
      },
      {
        mark: { type: "point", filled: true, size: 80, opacity: 1 },
        encoding: {
          y,
          color: owner,
          x: { field: "p50", type: "quantitative", scale, title: "microseconds, logarithmic" },
        },
      },
    ],
  };
}

function cpu(results: Results): TopLevelSpec {
  const values = compared(results).flatMap((name) => {
    const row = rowOf(results, "256", name);
    if (!row) return [];
    const label = variants[name].label;
    return [
      { label, side: "client", micros: row.clientCpu.median },
      { label, side: "server", micros: row.serverCpu.median },
    ];
  });
  return {
    ...FRAME,
    title: { text: "CPU time per call", subtitle: "256 outstanding on one connection, a short string" },
    width: WIDTH,
    height: { step: 24 },
    data: { values },
    mark: { type: "point", filled: true, size: 80, opacity: 0.9 },
    encoding: {
      y: { field: "label", type: "nominal", title: null, sort: { field: "micros", op: "sum", order: "ascending" } },
      x: { field: "micros", type: "quantitative", scale: { type: "log" }, title: "microseconds, logarithmic" },
      color: { field: "side", type: "nominal", title: null, scale: { range: [FLOOR, TSJASON] } },
    },
  };
}

function neverRead({ memory }: Results): TopLevelSpec {
  const values = memory.flatMap(({ variant, neverRead: grown }) =>
    grown
      ? [
          {
            label: variants[variant].label,
            owner: ownerOf(variant),
            ...grown,
            text: `${grown.grownMiB.toFixed(1)} MiB`,
          },
        ]
      : [],
  );
  values.sort((a, b) => a.grownMiB - b.grownMiB);
  const y = { field: "label", type: "nominal", title: null, sort: values.map(({ label }) => label) } as const;
  const x = { field: "grownMiB", type: "quantitative", title: "MiB" } as const;
  return {
    ...FRAME,
    title: {
      text: "How a server grows under a client that asks and never reads",
      subtitle: "It asks for 48 MiB, as fast as it is let",
    },
    width: WIDTH,
    height: { step: 24 },
    data: { values },
    layer: [
      { mark: { type: "bar" }, encoding: { y, x, color: owner } },
      { mark: { type: "text", align: "left", dx: 4, fontSize: 12 }, encoding: { y, x, text: { field: "text" } } },
    ],
  };
}

export function growthCharts(growth: Growth): Record<string, TopLevelSpec> {
  const axes = [...new Set(growth.points.map(({ axis }) => axis))];
  return Object.fromEntries(axes.map((axis) => [`growth-${axis}`, growthChart(growth, axis)]));
}

function growthChart({ points }: Growth, axis: Axis): TopLevelSpec {
  const values = points
    .filter((point) => point.axis === axis)
    .map(({ at, variant, cpuPerCall }) => ({ at, variant: variants[variant].label, ...cpuPerCall }));
  const scale = { type: "log" } as const;
  const x = { field: "at", type: "quantitative", scale, title: AXES[axis].label } as const;
  const color = { field: "variant", type: "nominal", title: null, scale: { range: [FLOOR, TSJASON] } } as const;
  return {
    ...FRAME,
    title: {
      text: `How cost grows with the ${AXES[axis].label.split(",")[0]}`,
      subtitle: "CPU time per call, both sides",
    },
    width: WIDTH,
    height: 260,
    data: { values },
    layer: [
      {
        mark: { type: "line", strokeWidth: 2, point: { filled: true, size: 50 } },
        encoding: {
          x,
          color,
          y: { field: "median", type: "quantitative", scale, title: "microseconds" },
        },
      },
      {
        mark: { type: "rule", strokeWidth: 2 },
        encoding: { x, color, y: { field: "q1", type: "quantitative", scale }, y2: { field: "q3" } },
      },
    ],
  };
}
