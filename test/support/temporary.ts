import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ending } from "./cleanup.ts";

/** A new directory with a short path, which is gone after the test. */
export function temporaryDirectory(test: Ending): string {
  const directory = mkdtempSync(join(tmpdir(), "tsj-"));
  test.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
