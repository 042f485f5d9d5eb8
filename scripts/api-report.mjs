// Holds the public API still: writes what each entry point of the package exports to etc/*.api.md and compares it with
// what is there. Fails on a difference; with --update it replaces the reports (npm run api). Needs a fresh dist/.

import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Extractor, ExtractorConfig } from "@microsoft/api-extractor";

const root = resolve(import.meta.dirname, "..");
const folder = join(root, "etc");
const update = process.argv.includes("--update");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const scratch = mkdtempSync(join(tmpdir(), "tsjason-api-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
mkdirSync(folder, { recursive: true });

/** @type {string[]} */
const problems = [];
/** @type {Map<string, string>} classes and interfaces that an entry point uses and does not export, and which one */
const forgotten = new Map();
const names = new Set();

const reports = Object.entries(manifest.exports)
  .filter(([, target]) => typeof target === "object" && target.types)
  .map(([entry, target]) => ({ entry, types: target.types, file: `${reportName(entry)}.api.md` }));
for (const report of reports) {
  extract(report);
  const fresh = join(scratch, report.file);
  if (!existsSync(fresh)) continue; // the problems say why
  const text = readFileSync(fresh, "utf8");
  for (const [, name = ""] of text.matchAll(/^export .*?(?:class|function|interface|type|const|enum) (\w+)/gm)) {
    names.add(name);
  }
  for (const [, name = ""] of text.matchAll(/^(?:abstract )?(?:class|interface|enum) (\w+)/gm)) {
    forgotten.set(name, report.entry);
  }
  compare(fresh, join(folder, report.file));
}
for (const [name, where] of forgotten) {
  if (!names.has(name)) problems.push(`${where} uses ${name}, which no entry point exports`);
}
for (const file of readdirSync(folder).filter((file) => !reports.some((report) => report.file === file))) {
  if (update) rmSync(join(folder, file));
  else problems.push(`etc/${file} belongs to no entry point`);
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) {
  console.error("The public API is not as etc/ has it, or not complete. If it is meant so: npm run api.");
  process.exit(1);
}
console.log(`${reports.length} API reports ${update ? "written" : "are up to date"}`);

/** @param {string} entry a key of "exports" */
function reportName(entry) {
  return [manifest.name, ...entry.split("/").slice(1)].join("-");
}

/** @param {{ types: string, file: string }} report */
function extract({ types, file }) {
  const configFile = join(root, "api-extractor.json");
  const configObject = ExtractorConfig.loadFile(configFile);
  configObject.mainEntryPointFilePath = resolve(root, types);
  configObject.apiReport = {
    ...configObject.apiReport,
    enabled: true,
    reportFileName: file,
    reportFolder: scratch,
    reportTempFolder: join(scratch, "temp"),
  };
  const config = ExtractorConfig.prepare({
    configObject,
    configObjectFullPath: configFile,
    packageJsonFullPath: join(root, "package.json"),
  });
  Extractor.invoke(config, {
    localBuild: true,
    messageCallback(message) {
      message.handled = true;
      const line = `${message.sourceFilePath ?? file}${message.sourceFileLine ? `:${message.sourceFileLine}` : ""}`;
      if (message.logLevel === "error") problems.push(`${line}: ${message.text} (${message.messageId})`);
    },
  });
}

/**
 * @param {string} fresh
 * @param {string} kept
 */
function compare(fresh, kept) {
  if (update) {
    copyFileSync(fresh, kept);
  } else if (!existsSync(kept)) {
    problems.push(`${kept} is missing`);
  } else if (readFileSync(fresh, "utf8") !== readFileSync(kept, "utf8")) {
    problems.push(difference(kept, fresh));
  }
}

/**
 * @param {string} kept
 * @param {string} fresh
 */
function difference(kept, fresh) {
  try {
    return execFileSync("git", ["diff", "--no-index", "--no-color", kept, fresh], { encoding: "utf8" });
  } catch (error) {
    // git says "they differ" with its exit code
    return String(/** @type {{ stdout?: unknown }} */ (error).stdout || `${kept} differs`);
  }
}
