#!/usr/bin/env node
/** The command `tsjason`. docs/cli.md has its manual. */
import { readFileSync } from "node:fs";
import { CommanderError } from "commander";
import { ExitCode } from "./exit-code.ts";
import { endWithReader, endWithWork } from "./output/out.ts";
import { programOf } from "./program.ts";
import { takeProgram } from "./program-words.ts";

const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

endWithReader();
try {
  await programOf(manifest.version).parseAsync(takeProgram(process.argv.slice(2)), { from: "user" });
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? ExitCode.Ok : ExitCode.Usage;
}
endWithWork();
