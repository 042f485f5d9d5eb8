/**
 * What types cost the compiler: programs with Apis of 10 and of 1,000 methods, and ten calls, in each way an Api is written.
 *
 *     node --import tsx scripts/type-speed.ts [--runs 5]
 *
 * `start` is a program that imports the same and has no methods: what is compiled anyway. Times are the least of the runs, of
 * one thread; instantiations and types are the compiler's own counts, the same in every run.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));

/** How an Api is written. */
export type Form = "interface" | "class" | "functional" | "contract";

/** What the compiler says of one program. */
export interface TypeCost {
  /** Seconds. */
  readonly check: number;
  /** Seconds. */
  readonly total: number;
  readonly instantiations: number;
  readonly types: number;
}

const imports: Readonly<Record<Form, string>> = {
  interface: `import { Client } from "tsjason";\n`,
  class: `import { Client, type Exports, exportRpc } from "tsjason";\n`,
  functional: `import { type ApiOf, Client, method } from "tsjason";\nimport { z } from "zod";\n`,
  contract: `import { type ApiOf, Client, method } from "tsjason";\nimport { z } from "zod";\n`,
};

const schemas =
  "params: [{ id: z.number() }, { text: z.string() }], result: z.object({ id: z.number(), text: z.string() })";

/* Each method has types of its own, as methods have: equal ones would be made once. */
const bodies: Readonly<Record<Form, (names: readonly string[]) => string>> = {
  interface: (names) => {
    const methods = names.map(
      (name, i) => `  "main.${name}"(id: number, text: string): { id: number; text${i}: string };`,
    );
    return `interface Api {\n${methods.join("\n")}\n}\n`;
  },
  class: (names) => {
    const methods = names.map(
      (name, i) => `  @exportRpc()\n  async ${name}(id: number, text: string) { return { id, text${i}: text }; }`,
    );
    return `class Handler {\n${methods.join("\n")}\n}\ntype Api = Exports<Handler, "main">;\n`;
  },
  functional: (names) => {
    const methods = names.map(
      (name, i) =>
        `  ${name}: method({ ${schemas.replace("{ id: z.number(), text:", `{ id: z.number(), text${i}:`)} }, (id, text) => ({ id, text${i}: text })),`,
    );
    return `export const main = {\n${methods.join("\n")}\n};\ntype Api = ApiOf<typeof main, "main">;\n`;
  },
  contract: (names) => {
    const methods = names.map(
      (name, i) =>
        `  ${name}: method({ ${schemas.replace("{ id: z.number(), text:", `{ id: z.number(), text${i}:`)} }),`,
    );
    return `export const main = {\n${methods.join("\n")}\n};\ntype Api = ApiOf<typeof main, "main">;\n`;
  },
};

const CALLS = 10;

function program(form: Form, methods: number): string {
  if (methods === 0)
    return `${imports[form]}export const used = [${imports[form].includes("method") ? "z, method, " : ""}Client];\n`;
  const names = Array.from({ length: methods }, (_, i) => `method${i}`);
  const called = names.slice(0, CALLS);
  const calls = called.map((name) => `  await client.call("main.${name}", [1, "x"]),`);
  const remote = called.map((name) => `  await remote.${name}(1, "x"),`);
  return `${imports[form]}${bodies[form](names)}
const client = new Client<Api>("tcp://127.0.0.1:1");
const remote = client.namespace("main");
export const results = [\n${[...calls, ...remote].join("\n")}\n];\n`;
}

/** Compiles a program with that many methods. */
export function typeCost(form: Form, methods: number, runs = 1): TypeCost {
  mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
  const folder = mkdtempSync(join(root, "node_modules/.cache/types-"));
  try {
    writeFileSync(join(folder, "program.ts"), program(form, methods));
    const compilerOptions = {
      skipLibCheck: true,
      noUnusedLocals: false,
      types: ["node"],
      typeRoots: [join(root, "node_modules/@types")],
    };
    const config = { extends: "../../../tsconfig.json", compilerOptions, files: ["program.ts"], include: [] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const costs = Array.from({ length: runs }, () => compile(folder));
    const least = (of: "check" | "total") => Math.min(...costs.map((cost) => cost[of]));
    return { ...(costs[0] as TypeCost), check: least("check"), total: least("total") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function compile(folder: string): TypeCost {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const args = [tsc, "-p", folder, "--extendedDiagnostics", "--singleThreaded"];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`the program does not compile:\n${stdout.slice(0, 4_000)}`);
  const number = (label: string) => {
    const found = new RegExp(`^${label}:\\s+([\\d.]+)`, "m").exec(stdout)?.[1];
    if (found === undefined) throw new Error(`the compiler does not say its ${label}:\n${stdout}`);
    return Number(found);
  };
  return {
    check: number("Check time"),
    total: number("Total time"),
    instantiations: number("Instantiations"),
    types: number("Types"),
  };
}

function report(runs: number): void {
  console.log("form        methods   check s   total s   instantiations     types   check, of 10   total, of 10");
  for (const form of ["interface", "class", "functional", "contract"] as const) {
    const start = typeCost(form, 0, runs);
    const ten = typeCost(form, 10, runs);
    const thousand = typeCost(form, 1_000, runs);
    for (const [methods, cost] of [
      ["start", start],
      ["10", ten],
      ["1000", thousand],
    ] as const) {
      const ratios = methods === "1000" ? [cost.check / ten.check, cost.total / ten.total] : [];
      const columns = [
        form.padEnd(10),
        methods.padStart(8),
        cost.check.toFixed(3).padStart(9),
        cost.total.toFixed(3).padStart(9),
        String(cost.instantiations).padStart(16),
        String(cost.types).padStart(9),
        ...ratios.map((ratio) => ratio.toFixed(2).padStart(14)),
      ];
      console.log(columns.join(" "));
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { runs: { type: "string", default: "5" } } });
  report(Number(values.runs));
}
