/** The package as users get it: packed, checked, installed into an empty project, and used from there. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { build } from "esbuild";

const root = resolve(import.meta.dirname, "../..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const entries = Object.keys(manifest.exports).filter((entry) => entry !== "./package.json");

const scratch = mkdtempSync(join(tmpdir(), "tsjason-package-"));
const project = join(scratch, "project");
const installed = join(project, "node_modules", manifest.name);
let tarball = "";

before(async () => {
  await run("npm", ["pack", "--pack-destination", scratch], root);
  tarball = join(scratch, readdirSync(scratch).find((name) => name.endsWith(".tgz")) ?? "none");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", tarball], project);
  cpSync(join(import.meta.dirname, "consumer"), project, { recursive: true });
});
after(() => rmSync(scratch, { recursive: true, force: true }));

describe("the packed package", () => {
  test("passes publint", async () => {
    await tool("publint/src/cli.js", ["run", tarball, "--strict"]);
  });

  test("passes are-the-types-wrong", async () => {
    await tool("@arethetypeswrong/cli/dist/index.js", [tarball, "--profile", "esm-only", "--no-emoji"]);
  });

  test("holds what it should, and nothing else", () => {
    const files = filesOf(installed);
    const sources = filesOf(join(root, "src")).map((file) => file.replace(/\.ts$/, ""));
    const compiled = [".js", ".js.map", ".d.ts", ".d.ts.map"];
    assert.deepEqual(
      files,
      [
        ...["CHANGELOG.md", "LICENSE", "README.md", "package.json"],
        ...sources.flatMap((source) => [`src/${source}.ts`, ...compiled.map((ending) => `dist/${source}${ending}`)]),
      ].sort(),
    );
  });

  test("has source maps that lead to its own sources", () => {
    for (const file of filesOf(installed).filter((file) => file.endsWith(".map"))) {
      const map = JSON.parse(readFileSync(join(installed, file), "utf8"));
      for (const source of map.sources) {
        const path = resolve(installed, dirname(file), map.sourceRoot ?? "", source);
        assert.ok(existsSync(path), `${file} leads to ${source}`);
      }
    }
  });

  test("names no place on the machine that made it", () => {
    for (const file of filesOf(installed)) {
      const text = readFileSync(join(installed, file), "utf8");
      for (const place of [root, homedir()]) {
        assert.ok(place === "/" || !text.includes(`${place}/`), `${file} names ${place}`);
      }
    }
  });

  test("is built from a lock file without download addresses", () => {
    const lock = readFileSync(join(root, "package-lock.json"), "utf8");
    assert.doesNotMatch(lock, /"resolved"/);
  });

  test("brings no dependency but ws", () => {
    assert.deepEqual(
      readdirSync(join(project, "node_modules")).filter((name) => !name.startsWith(".")),
      [manifest.name, "ws"],
    );
  });
});

describe("the installed package", () => {
  for (const entry of entries) {
    const name = manifest.name + entry.slice(1);
    test(`exports names from ${name}`, async () => {
      const script = `console.log(Object.keys(await import(${JSON.stringify(name)})).length)`;
      assert.ok(Number(await node(["--input-type=module", "--eval", script])) > 0);
    });
  }

  test("keeps its inner files to itself", async () => {
    const inner = `${manifest.name}/dist/index.js`;
    const script = `await import(${JSON.stringify(inner)}).then(() => console.log("open"), (e) => console.log(e.code))`;
    assert.equal(await node(["--input-type=module", "--eval", script]), "ERR_PACKAGE_PATH_NOT_EXPORTED");
  });

  test("loads no sockets before they are needed", async () => {
    const script = `
      const before = new Set(process.moduleLoadList);
      await import(${JSON.stringify(manifest.name)});
      const loaded = process.moduleLoadList.filter((name) => !before.has(name));
      console.log(loaded.filter((name) => /^NativeModule (net|tls|https?|worker_threads)$/.test(name)).join());`;
    assert.equal(await node(["--input-type=module", "--eval", script]), "");
  });

  test("is bundled for browsers without anything of Node.js", async () => {
    const { outputFiles, warnings } = await build({
      stdin: { contents: `export { Client } from "${manifest.name}";`, resolveDir: project },
      bundle: true,
      platform: "browser",
      format: "esm",
      write: false,
      logLevel: "silent",
    });
    assert.deepEqual(warnings, []);
    const script = outputFiles[0]?.text ?? "";
    assert.match(script, /in a browser/);
    assert.doesNotMatch(script, /node:|require\(/);
  });

  test("is bundled for browsers without what blocks", async () => {
    const { outputFiles, warnings } = await build({
      stdin: { contents: `export { connectSync } from "${manifest.name}/sync";`, resolveDir: project },
      bundle: true,
      platform: "browser",
      format: "esm",
      write: false,
      logLevel: "silent",
    });
    assert.deepEqual(warnings, []);
    const script = outputFiles[0]?.text ?? "";
    assert.match(script, /in a browser nothing may block/);
    assert.doesNotMatch(script, /node:|require\(|Atomics/);
  });

  test("works from JavaScript", async () => {
    assert.equal(await node(["javascript.mjs"]), "all well");
  });

  test("makes blocking calls from a script on the command line", async () => {
    const { name } = manifest;
    const script = (load: string) =>
      `${load} try { connectSync("tcp://127.0.0.1:1").call("x"); } catch (error) { console.log(error.name); }`;
    const modules = script(`import { connectSync } from "${name}/sync";`);
    assert.equal(await node(["--input-type=module", "--eval", modules]), "DialError");
    const commonJs = script(`const { connectSync } = require("${name}/sync");`);
    assert.equal(await node(["--input-type=commonjs", "--eval", commonJs]), "DialError");
    assert.equal(await node(["--eval", commonJs]), "DialError");
  });

  test("makes blocking calls from CommonJS", async () => {
    assert.equal(await node(["sync.cjs"]), "all well");
  });

  for (const [module, resolution] of [
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ] as const) {
    test(`works from TypeScript, moduleResolution ${resolution}`, async () => {
      const types = ["--typeRoots", join(root, "node_modules", "@types")];
      await tool("typescript/bin/tsc", ["-p", ".", "--module", module, "--moduleResolution", resolution, ...types]);
      assert.equal(await node(["out/typescript.js"]), "all well");
    });
  }
});

/** Runs a program, and fails with what it printed when it fails. */
async function run(program: string, args: string[], cwd: string): Promise<string> {
  const { NODE_OPTIONS: _options, NODE_TEST_CONTEXT: _context, NODE_V8_COVERAGE: _coverage, ...env } = process.env;
  try {
    const { stdout } = await promisify(execFile)(program, args, { cwd, env });
    return stdout.trim();
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args.join(" ")} failed:\n${stdout}${stderr}`);
  }
}

/** Runs a script by this Node.js, without a loader, in the project that uses the package. */
async function node(args: string[]): Promise<string> {
  return await run(process.execPath, args, project);
}

/** Runs a development tool of this repository in the project that uses the package. */
async function tool(path: string, args: string[]): Promise<void> {
  await node([join(root, "node_modules", path), ...args]);
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .sort();
}
