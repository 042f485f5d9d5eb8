/**
 * What types cost the compiler: programs with Apis of 10 and of 1,000 methods, and ten calls, in each way an Api is written.
 *
 *     node --import tsx scripts/type-speed.ts [--runs 5]
 *
 * `start` is a program that imports the same and has no methods: what is compiled anyway. `class alone`, `schemas alone` and
 * `typed by zod` are the same classes, schemas and functions without anything of tsjason: what they cost by themselves.
 * `schemas passed` gives each method's schemas to a function that gives them back: what the compiler does with a schema that is
 * an argument of any generic function. `… declared` are the callers of Apis whose declarations were emitted before.
 * Times are the least of the runs, of one thread, the sizes in turn; instantiations and types are the compiler's own counts,
 * the same in every run.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));

/** How an Api is written, and what is compared with that. */
export type Form = Written | Declared | Control;

type Written = "interface" | "class" | "functional without schemas" | "functional" | "contract";
type Declared = "contract declared" | "functional declared";
type Control = "class alone" | "schemas alone" | "schemas passed" | "typed by zod";

/** The forms that make an Api, each with what it costs without one. */
const controls: Readonly<Record<Written | Declared, readonly Control[]>> = {
  interface: [],
  class: ["class alone"],
  "functional without schemas": [],
  contract: ["schemas alone", "schemas passed"],
  "contract declared": [],
  functional: ["typed by zod"],
  "functional declared": [],
};

/** Of forms that are compiled in two steps: what is compiled first. */
const written: Readonly<Partial<Record<Form, Written>>> = {
  "contract declared": "contract",
  "functional declared": "functional",
};

/** What the compiler says of one program. */
export interface TypeCost {
  /** Seconds. */
  readonly check: number;
  /** Seconds. */
  readonly total: number;
  readonly instantiations: number;
  readonly types: number;
}

const fromTsjason = `import { Client, type Exports, exportRpc } from "tsjason";\n`;
const fromMethod = `import { type ApiOf, Client, method } from "tsjason";\n`;
const fromZod = `${fromMethod}import { z } from "zod";\n`;

/** Names of them that a program without methods uses, too. */
const used: ReadonlyMap<string, string> = new Map([
  [fromTsjason, "exportRpc, Client"],
  [fromMethod, "method, Client"],
  [fromZod, "z, method, Client"],
]);

const imports: Readonly<Record<Written | Control, string>> = {
  interface: fromTsjason,
  class: fromTsjason,
  "class alone": fromTsjason,
  "functional without schemas": fromMethod,
  functional: fromZod,
  contract: fromZod,
  "schemas alone": fromZod,
  "schemas passed": fromZod,
  "typed by zod": fromZod,
};

const resultOf = (i: number) => `z.object({ id: z.number(), text${i}: z.string() })`;
const schemasOf = (i: number) => `params: [{ id: z.number() }, { text: z.string() }], result: ${resultOf(i)}`;

type Names = readonly string[];
const each = (names: Names, text: (name: string, i: number) => string) => names.map(text).join("\n");
const handler = (names: Names, mark: string) =>
  `class Handler {\n${each(names, (name, i) => `${mark}  async ${name}(id: number, text: string) { return { id, text${i}: text }; }`)}\n}\n`;
const main = (names: Names, method: (i: number) => string) =>
  `export const main = {\n${each(names, (name, i) => `  ${name}: ${method(i)},`)}\n};\n`;
const byApiOf = `export type Api = ApiOf<typeof main, "main">;\n`;
const remoteOf = (result: string) =>
  `declare const remote: { [Name in keyof typeof main]: (id: number, text: string) => z.output<(typeof main)[Name]${result}> };\n`;

/* Each method has types of its own, as methods have: equal ones would be made once. */
const bodies: Readonly<Record<Written | Control, (names: Names) => string>> = {
  interface: (names) =>
    `interface Api {\n${each(names, (name, i) => `  "main.${name}"(id: number, text: string): { id: number; text${i}: string };`)}\n}\n`,
  class: (names) => `${handler(names, "  @exportRpc()\n")}type Api = Exports<Handler, "main">;\n`,
  "class alone": (names) => `${handler(names, "")}const remote = new Handler();\n`,
  "functional without schemas": (names) =>
    main(names, (i) => `method({ params: ["id", "text"] }, (id: number, text: string) => ({ id, text${i}: text }))`) +
    byApiOf,
  functional: (names) =>
    main(names, (i) => `method({ ${schemasOf(i)} }, (id, text) => ({ id, text${i}: text }))`) + byApiOf,
  contract: (names) => main(names, (i) => `method({ ${schemasOf(i)} })`) + byApiOf,
  "schemas alone": (names) => main(names, (i) => `{ ${schemasOf(i)} }`) + remoteOf(`["result"]`),
  "schemas passed": (names) =>
    `declare function pass<const T>(given: T): { readonly given: T };\n${main(names, (i) => `pass({ ${schemasOf(i)} })`)}${remoteOf(`["given"]["result"]`)}`,
  "typed by zod": (names) =>
    `${each(names, (name, i) => `const ${name}Result = ${resultOf(i)};\nfunction ${name}(id: number, text: string): z.input<typeof ${name}Result> {\n  return { id, text${i}: text };\n}`)}\nconst remote = { ${names.join(", ")} };\n`,
};

const CALLS = 10;

function program(form: Form, methods: number): string {
  const start = startOf(form);
  if (methods === 0) return start;
  const names = namesOf(methods);
  const called = names.slice(0, CALLS);
  const remote = called.map((name) => `  await remote.${name}(1, "x"),`);
  const body = form in written ? `import type { Api } from "./methods.d.ts";\n` : bodies[form as Written](names);
  if (!(form in controls)) return `${start}${body}export const results = [\n${remote.join("\n")}\n];\n`;
  const calls = called.map((name) => `  await client.call("main.${name}", [1, "x"]),`);
  return `${start}${body}
const client = new Client<Api>("tcp://127.0.0.1:1");
const remote = client.namespace("main");
export const results = [\n${[...calls, ...remote].join("\n")}\n];\n`;
}

const namesOf = (methods: number): Names => Array.from({ length: methods }, (_, i) => `method${i}`);

function startOf(form: Form): string {
  const imported = imports[written[form] ?? (form as Written | Control)];
  return `${imported}export const used = [${used.get(imported)}];\n`;
}

/** Compiles programs with that many methods, each several times, in turn. */
export function typeCosts(form: Form, sizes: readonly number[], runs = 1): TypeCost[] {
  mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
  const folders = sizes.map((methods) => programFolder(form, methods));
  try {
    const rounds = Array.from({ length: runs }, () => folders.map(compile));
    return sizes.map((_, at) => {
      const costs = rounds.map((round) => round[at] as TypeCost);
      const least = (of: "check" | "total") => Math.min(...costs.map((cost) => cost[of]));
      return { ...(costs[0] as TypeCost), check: least("check"), total: least("total") };
    });
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true });
  }
}

function programFolder(form: Form, methods: number): string {
  const folder = mkdtempSync(join(root, "node_modules/.cache/types-"));
  const first = written[form];
  if (first !== undefined) declare(folder, startOf(form) + bodies[first](namesOf(methods)));
  writeFileSync(join(folder, "program.ts"), program(form, methods));
  writeFileSync(join(folder, "tsconfig.json"), configOf("program.ts"));
  return folder;
}

/** Leaves a module's declarations in the folder, as `methods.d.ts`: what a package has of it, or a project it refers to. */
function declare(folder: string, module: string): void {
  writeFileSync(join(folder, "methods.ts"), module);
  const emitted = join(folder, "emitted");
  const options = { noEmit: false, declaration: true, emitDeclarationOnly: true, rootDir: root, outDir: emitted };
  writeFileSync(join(folder, "tsconfig.json"), configOf("methods.ts", options));
  tsc(folder);
  renameSync(join(emitted, relative(root, folder), "methods.d.ts"), join(folder, "methods.d.ts"));
  rmSync(join(folder, "methods.ts")); // It would be taken instead.
}

function configOf(file: string, more: object = {}): string {
  const compilerOptions = {
    skipLibCheck: true,
    noUnusedLocals: false,
    types: ["node"],
    typeRoots: [join(root, "node_modules/@types")],
    ...more,
  };
  return JSON.stringify({ extends: "../../../tsconfig.json", compilerOptions, files: [file], include: [] });
}

function tsc(folder: string, ...options: readonly string[]): string {
  const args = [join(root, "node_modules/typescript/bin/tsc"), "-p", folder, "--singleThreaded", ...options];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`the program does not compile:\n${stdout.slice(0, 4_000)}`);
  return stdout;
}

function compile(folder: string): TypeCost {
  const stdout = tsc(folder, "--extendedDiagnostics");
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
  const heads = [
    "form",
    "methods",
    "check s",
    "total s",
    "instantiations",
    "a method",
    "types",
    "check, of 10",
    "total, of 10",
  ];
  const widths = [26, 8, 9, 9, 16, 10, 9, 14, 14];
  const line = (cells: readonly string[]) =>
    console.log(
      cells
        .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] as number) : cell.padStart(widths[at] as number)))
        .join(" "),
    );
  line(heads);
  for (const form of Object.entries(controls).flatMap(([form, without]) => [form as Form, ...without])) {
    const sizes = [0, 10, 1_000];
    const costs = typeCosts(form, sizes, runs);
    const [, ten, thousand] = costs as [TypeCost, TypeCost, TypeCost];
    for (const [at, cost] of costs.entries()) {
      const { check, total, instantiations, types } = cost;
      const perMethod = ((instantiations - ten.instantiations) / 990).toFixed(0);
      const ratios = [(check / ten.check).toFixed(2), (total / ten.total).toFixed(2)];
      const last = cost === thousand;
      line([
        form,
        at === 0 ? "start" : String(sizes[at]),
        check.toFixed(3),
        total.toFixed(3),
        String(instantiations),
        last ? perMethod : "",
        String(types),
        ...(last ? ratios : []),
      ]);
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { runs: { type: "string", default: "5" } } });
  report(Number(values.runs));
}
