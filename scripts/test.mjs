// Runs the tests: node scripts/test.mjs [files and folders] [--no-skips] [flags for node --test]
//
// Without files it takes every test/**/*.test.ts but test/package (which packs and installs, see `npm run check`).
// Beyond what `node --test` does, it fails when there was nothing to run (no file, a file without a test, no test at
// all), ends files that do not end by themselves, and says at the end which tests were skipped and why, and which files
// took longest.
// With --no-skips a skipped or todo test fails the run, unless its reason is one that this machine cannot change:
// "needs Node.js 22" on an older one, "needs Windows" elsewhere (Linux, macOS, Windows), "needs Python 3" (or bash, fish, zsh,
// nats-py) without one, "needs IPv6" without that.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { availableParallelism, networkInterfaces, tmpdir } from "node:os";
import { join, relative, resolve, sep } from "node:path";
import { compileAll } from "./typescript/compiled.mjs";

const root = resolve(import.meta.dirname, "..");
const testTimeout = 60_000; // ms for one test; honoured for each test from Node.js 24 on
const runTimeout = 15 * 60_000; // ms for the whole run: ends even a process whose event loop is blocked
const platforms = { Linux: "linux", macOS: "darwin", Windows: "win32" };
const programs = {
  "Python 3": ["python3", "--version"],
  "nats-py": [process.env.NATS_PYTHON ?? "python3", "-c", "import nats"],
  bash: ["bash", "--version"],
  fish: ["fish", "--version"],
  zsh: ["zsh", "--version"],
};
const major = Number(process.versions.node.split(".")[0]);

const args = process.argv.slice(2);
const noSkips = args.includes("--no-skips");
const flags = args.filter((arg) => arg.startsWith("-") && arg !== "--no-skips");
const named = args.filter((arg) => !arg.startsWith("-"));
const filtered = flags.some((flag) => /^--test-(name-pattern|skip-pattern|only)/.test(flag));

const files = named.length > 0 ? named.flatMap((path) => testFiles(resolve(path))) : testFiles(join(root, "test"));
if (files.length === 0) fail("no test files");

const scratch = mkdtempSync(join(tmpdir(), "tsjason-test-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
const resultsFile = join(scratch, "results");
const timesFile = join(scratch, "times");

const env = { ...process.env };
delete env.NODE_TEST_CONTEXT; // this run reports for itself, also when a test started it
env.TSJASON_TEST_TIMES = timesFile;
env.WS_NO_BUFFER_UTIL = "1"; // a peer of the interop tests brings native code that ws would take, and users mostly lack
// The path of a unix socket has 103 bytes on some systems, and those of the tests need half of that.
if (process.platform !== "win32" && Buffer.byteLength(tmpdir()) > 50) env.TMPDIR = "/tmp";
await compileAll(["src", "test"]);
const runner = spawn(
  process.execPath,
  [
    ...[
      "--import",
      import.meta.resolve("./typescript/register.mjs"),
      "--import",
      import.meta.resolve("./test-setup.mjs"),
    ],
    ...["--test", `--test-concurrency=${availableParallelism()}`],
    // Before Node.js 24 this would be a limit for each file; test-setup.mjs has one for files on every version.
    ...(major >= 24 ? [`--test-timeout=${testTimeout}`] : []),
    ...["--test-reporter=spec", "--test-reporter-destination=stdout"],
    ...[`--test-reporter=${import.meta.resolve("./test-reporter.mjs")}`],
    ...[`--test-reporter-destination=${resultsFile}`],
    ...flags,
    ...files,
  ],
  { cwd: root, env, stdio: "inherit", detached: process.platform !== "win32" },
);
const deadline = setTimeout(() => {
  console.error(`the tests did not end within ${runTimeout / 1000} s`);
  kill("SIGKILL");
}, runTimeout);
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, () => kill(signal));
runner.on("exit", (code) => {
  clearTimeout(deadline);
  report(code ?? 1);
});

/** @param {NodeJS.Signals} signal */
function kill(signal) {
  if (process.platform === "win32" || runner.pid === undefined) runner.kill(signal);
  else process.kill(-runner.pid, signal);
}

/** @param {number} code what the runner exited with */
function report(code) {
  /** @type {import("./test-reporter.mjs").Result[]} */
  const results = linesOf(resultsFile);
  const complaints = [];

  const tests = results.filter((result) => result.name.length > 0);
  const skipped = tests.filter((test) => test.skip !== undefined && !(filtered && /pattern/.test(test.skip)));
  for (const test of skipped) {
    console.log(`skipped: ${describe(test)}: ${test.skip}`);
    if (noSkips && !unavoidable(test.skip ?? "")) complaints.push(`could have run: ${describe(test)}`);
  }
  const ran = tests.filter((test) => test.skip === undefined);
  if (ran.length === 0) complaints.push("no test ran");
  if (!filtered) {
    for (const file of files.filter((file) => !tests.some((test) => test.file === file))) {
      complaints.push(`no test in ${relative(root, file)}`);
    }
  }

  for (const whole of results.filter((result) => result.name.length === 0 && !result.passed)) {
    complaints.push(`failed outside of its tests: ${relative(root, whole.file)}`);
  }
  const failed = ran.filter((test) => !test.passed).length;
  if (files.length > 10) reportSlowest(linesOf(timesFile));
  console.log(`tests: ${ran.length - failed} passed, ${failed} failed, ${skipped.length} skipped`);
  for (const complaint of complaints) console.error(complaint);
  process.exitCode = code || (complaints.length > 0 ? 1 : 0);
}

/** @param {{ file: string, ms: number }[]} times from each file's process, its start included */
function reportSlowest(times) {
  console.log("slowest files:");
  for (const { file, ms } of times.sort((a, b) => b.ms - a.ms).slice(0, 10)) {
    console.log(`  ${(ms / 1_000).toFixed(1).padStart(5)} s  ${relative(root, file)}`);
  }
}

/**
 * @param {string} file one line of JSON for each
 * @returns {any[]}
 */
function linesOf(file) {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** @param {import("./test-reporter.mjs").Result} test */
function describe(test) {
  return [relative(root, test.file), ...test.name].join(" > ");
}

/** @param {string} reason */
function unavoidable(reason) {
  const version = /^needs Node\.js (\d+)\b/.exec(reason)?.[1];
  if (version !== undefined) return major < Number(version);
  for (const [name, platform] of Object.entries(platforms)) {
    if (reason.startsWith(`needs ${name}`)) return process.platform !== platform;
  }
  for (const [name, [program = "", ...asked]] of Object.entries(programs)) {
    if (reason.startsWith(`needs ${name}`)) return spawnSync(program, asked).status !== 0;
  }
  return reason === "needs IPv6" && !Object.values(networkInterfaces()).some((all) => all?.some(isIpv6));
}

/** @param {import("node:os").NetworkInterfaceInfo} address */
function isIpv6({ family }) {
  return family === "IPv6";
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function testFiles(path) {
  if (!statSync(path, { throwIfNoEntry: false })) return fail(`no such test: ${path}`);
  if (statSync(path).isFile()) return [path];
  const skip = path === join(root, "test") ? join(path, "package") + sep : undefined;
  return readdirSync(path, { recursive: true })
    .map((name) => join(path, String(name)))
    .filter((file) => file.endsWith(".test.ts") && !(skip && file.startsWith(skip)))
    .sort();
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(message);
  process.exit(1);
}
