import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { describe, test } from "node:test";
import { importProblems, readImports, rooms, type Sources } from "../scripts/import-rules.ts";

const root = join(import.meta.dirname, "..");

function readSources(): Sources {
  const files = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name));
  const path = (file: string): string => relative(root, file).split(sep).join("/");
  return Object.fromEntries(files.map((file) => [path(file), readFileSync(file, "utf8")]));
}

/** What package.json gives a name: dependencies, and files of src/ that are not the same everywhere ("imports"). */
function readPackages(): string[] {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return ["dependencies", "peerDependencies", "optionalDependencies", "imports"].flatMap((kind) =>
    Object.keys(manifest[kind] ?? {}),
  );
}

test("src/ keeps to the rules for imports", () => {
  const sources = readSources();
  assert.ok(readImports(sources).length > 0, "the checker sees the imports");
  assert.deepEqual(importProblems(sources, readPackages()), []);
});

test("what a bundle for browsers begins with loads nothing of Node.js", () => {
  const imports = readImports(readSources());
  const aliases: Record<string, Record<string, string>> = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  ).imports;
  const starts = Object.values(aliases).map(({ browser, default: elsewhere }) => browser ?? elsewhere ?? "");
  const reached = new Set([
    ...starts.map((start) => start.replace("./dist", "src").replace(/\.js$/, ".ts")),
    "src/index.ts",
  ]);
  for (const file of reached) {
    for (const { from, to, kind } of imports) {
      if (from !== file || to === undefined || Object.hasOwn(aliases, to) || kind === "type") continue;
      assert.ok(to.startsWith("src/"), `${from} imports ${to}`);
      reached.add(to);
    }
  }
  assert.ok(reached.has("src/transport/websocket/websocket-browser.ts"));
  assert.ok(reached.has("src/tracing/none.ts"));
});

for (const entry of ["src/transport/http/http-browser.ts", "src/transport/http/index.ts"]) {
  test(`${entry} loads nothing of Node.js: it runs in browsers and workers too`, () => {
    const imports = readImports(readSources()).filter(({ kind }) => kind === "value");
    const loaded = new Set([entry]);
    for (const file of loaded) for (const { from, to } of imports) if (from === file && to) loaded.add(to);
    assert.ok(loaded.size > 5);
    assert.deepEqual(
      [...loaded].filter((file) => !file.startsWith("src/")),
      [],
    );
  });
}

test("the rules themselves only run downwards", () => {
  const before = new Set<string>();
  for (const [room, names] of Object.entries(rooms)) {
    for (const name of names) assert.ok(before.has(name.replace(/^type /, "").split("/")[0] ?? ""), `${room}: ${name}`);
    before.add(room);
  }
});

test("src/index.ts is a list of names, and nothing else", () => {
  const index = readSources()["src/index.ts"] ?? "";
  const code = index.replaceAll(/\/\*.*?\*\/|^\s*\/\/.*$/gms, "");
  const rest = code.replaceAll(/export\s+(?:type\s+)?\{[^{}]*\}\s+from\s+"[^"]+";/g, "");
  assert.equal(rest.trim(), "");
});

/** A small src/ that keeps to the rules. */
const sound: Sources = {
  "src/index.ts": `export { Client } from "./client/client.ts"; export type { Framing } from "./framing/framing.ts";`,
  "src/time/clock.ts": `export const now = () => 0;`,
  "src/protocol/message.ts": `import { limit } from "./limits.ts"; export const text = \`import "node:\${limit}"\`;`,
  "src/protocol/limits.ts": `export const limit = 1; // import "../service/service.ts"`,
  "src/service/service.ts": `import { now } from "../time/clock.ts"; import "../protocol/message.ts";`,
  "src/connection/channel.ts": `export interface Channel { send(text: string): void }`,
  "src/framing/framing.ts": `import "node:buffer"; import type { Channel } from "../connection/channel.ts";`,
  "src/transport/registry.ts": `import type { Transport } from "./transport.ts"; const t = import("./tcp.ts");`,
  "src/transport/transport.ts": `import type { Service } from "../service/service.ts";`,
  "src/transport/tcp.ts": `import "node:net"; import "../framing/framing.ts"; import "./transport.ts";`,
  "src/transport/tls.ts": `import "node:tls";`,
  "src/client/client.ts": `import { registry } from "../transport/registry.ts";`,
  "src/server/server.ts": `import "../service/service.ts";`,
  "src/testing/index.ts": `import "../client/client.ts"; import "../server/server.ts";`,
  "src/sync/client.ts": `import "node:worker_threads"; new Worker(new URL("./worker.js", import.meta.url));`,
  "src/sync/worker.ts": `import "../client/client.ts";`,
  "src/cli/main.ts": `import "../server/server.ts"; import(process.argv[2] ?? "");`,
};

describe("the checker", () => {
  test("finds nothing in sources that keep to the rules", () => {
    assert.deepEqual(importProblems(sound), []);
  });

  test("tells values, types and dynamic imports apart", () => {
    const source = `
      import a, { type A } from "./a.ts";
      import type { B } from "./b.ts";
      export * from "./c.ts";
      export type { D } from "./d.ts";
      import "./e.ts";
      type F = typeof import("./f.ts");
      const g = await import("./g.ts");
      const h = await import(\`./h.ts\`);
      // import "./comment.ts";
      const text = 'import "./text.ts"';
      const pattern = /import "./; import "./i.ts";
      import J = require("./j.ts");
      export const k = \`\${await import("./k.ts")}\`;`;
    const found = readImports({ "src/time/x.ts": source }).map(({ to, kind, line }) => `${line} ${kind} ${to}`);
    assert.deepEqual(found, [
      "2 value src/time/a.ts",
      "3 type src/time/b.ts",
      "4 value src/time/c.ts",
      "5 type src/time/d.ts",
      "6 value src/time/e.ts",
      "7 type src/time/f.ts",
      "8 dynamic src/time/g.ts",
      "9 dynamic src/time/h.ts",
      "12 value src/time/i.ts",
      "13 value src/time/j.ts",
      "14 dynamic src/time/k.ts",
    ]);
  });

  const breaches: [file: string, source: string, problem: RegExp][] = [
    ["src/protocol/message.ts", `import "#tracing";`, /protocol must not import #tracing/],
    ["src/service/service.ts", `import "#loaders";`, /service must not import #loaders/],
    ["src/index.ts", `export { tracer } from "#tracing";`, /index.ts must not import #tracing/],
    ["src/protocol/message.ts", `import "../time/clock.ts";`, /protocol must not import src\/time\/clock.ts/],
    ["src/protocol/message.ts", `import "node:buffer";`, /protocol must not import node:buffer/],
    ["src/protocol/message.ts", `import type { Service } from "../service/service.ts";`, /protocol must not import/],
    ["src/time/clock.ts", `import "node:timers";`, /time must not import node:timers/],
    ["src/service/service.ts", `import type { Socket } from "node:net";`, /service must not import node:net/],
    ["src/service/service.ts", `await import("node:net");`, /service must not import node:net/],
    ["src/service/service.ts", `process.getBuiltinModule("node:fs");`, /service must not import node:fs/],
    ["src/service/service.ts", `import "../connection/channel.ts";`, /service must not import src\/connection/],
    ["src/service/service.ts", `import("../framing/framing.ts");`, /service must not import src\/framing/],
    ["src/service/service.ts", `export * from "../transport/tcp.ts";`, /service must not import src\/transport/],
    ["src/connection/channel.ts", `import "node:stream";`, /connection must not import node:stream/],
    ["src/framing/framing.ts", `import "../transport/registry.ts";`, /framing must not import src\/transport/],
    ["src/framing/framing.ts", `import "../service/service.ts";`, /framing must not import src\/service/],
    ["src/transport/transport.ts", `import "../service/service.ts";`, /only as a type/],
    ["src/transport/tls.ts", `import "./tcp.ts";`, /transport tls must not import transport tcp/],
    ["src/transport/tls.ts", `import type { Tcp } from "./tcp.ts";`, /transport tls must not import transport tcp/],
    ["src/client/client.ts", `import "../server/server.ts";`, /client must not import src\/server/],
    ["src/server/server.ts", `import "../client/client.ts";`, /server must not import src\/client/],
    ["src/server/server.ts", `import "../testing/index.ts";`, /server must not import src\/testing/],
    ["src/testing/index.ts", `import "../cli/main.ts";`, /testing must not import src\/cli/],
    ["src/client/client.ts", `import "../index.ts";`, /imports src\/index.ts/],
    ["src/client/client.ts", `import "./gone.ts";`, /src\/client\/gone.ts, which does not exist/],
    ["src/client/client.ts", `import "left-pad";`, /left-pad, which package.json does not list/],
    ["src/client/client.ts", `import "known";`, /client must not import the package known/],
    ["src/client/client.ts", `await import(String(1));`, /what only shows when it runs/],
    ["src/attic/box.ts", ``, /src\/attic\/box.ts: stands in no room/],
    ["src/util.ts", ``, /src\/util.ts: stands in no room/],
    ["src/index.ts", `await import("./cli/main.ts");`, /index.ts must not import src\/cli\/main.ts/],
    ["src/index.ts", `export { tcp } from "./transport/tcp.ts";`, /index.ts must not load src\/transport\/tcp.ts/],
    [
      "src/transport/registry.ts",
      `import "./tcp.ts";`,
      /must not load node:net: .*registry.ts -> .*tcp.ts -> node:net/,
    ],
    ["src/transport/registry.ts", `import "../framing/framing.ts";`, /index.ts must not load src\/framing\/framing.ts/],
    [
      "src/protocol/limits.ts",
      `import "./message.ts";`,
      /^cycle: src\/protocol\/limits.ts -> src\/protocol\/message.ts -> src\/protocol\/limits.ts$/,
    ],
    [
      "src/protocol/limits.ts",
      `import type { M } from "./message.ts";`,
      /^cycle through imports of types: src\/protocol\/limits.ts/,
    ],
  ];
  for (const [file, source, problem] of breaches) {
    test(`finds ${source || "a file"} in ${file}`, () => {
      const problems = importProblems({ ...sound, [file]: source }, ["known", "#loaders", "#tracing"]);
      assert.ok(
        problems.some((line) => problem.test(line)),
        `no ${problem} in:\n${problems.join("\n")}`,
      );
    });
  }

  test("finds a cycle once, whichever file it starts at", () => {
    const sources: Sources = {
      "src/time/a.ts": `import "./b.ts"; import "./d.ts";`,
      "src/time/b.ts": `import "./c.ts";`,
      "src/time/c.ts": `import "./a.ts";`,
      "src/time/d.ts": ``,
    };
    assert.deepEqual(importProblems(sources), [
      "cycle: src/time/a.ts -> src/time/b.ts -> src/time/c.ts -> src/time/a.ts",
    ]);
  });
});
