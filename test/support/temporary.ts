import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** A new directory with a short path, which is gone after the test. */
export function temporaryDirectory(test: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "tsj-"));
  test.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
