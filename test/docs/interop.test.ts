/** The page of peers says what was tested: the packages that are installed, in the versions that are installed. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

test("the versions on the page of peers are those that the tests run against", () => {
  const rows = [...read("docs/interop.md").matchAll(/^\| `([^`]+)` \| (\S+) \|/gm)];
  assert.ok(rows.length >= 6, `only ${rows.length} peers were found`);
  for (const [, name, version] of rows) {
    const installed: string = JSON.parse(read(`node_modules/${name}/package.json`)).version;
    assert.equal(version, installed.split(".").slice(0, 2).join("."), name);
  }
});
