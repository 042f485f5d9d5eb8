import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** The example files that the README shows, each with its code there. */
function shownExamples(): [file: string, code: string][] {
  const blocks = read("README.md").matchAll(/<!-- (examples\/\S+) -->\n```ts\n(.*?)```/gs);
  return [...blocks].map(([, file = "", code = ""]) => [file, code]);
}

test("the README's server and client are the examples themselves", () => {
  const examples = shownExamples();
  assert.deepEqual(
    examples.map(([file]) => file),
    ["examples/hello-server.ts", "examples/hello-client.ts"],
  );
  for (const [file, code] of examples) assert.equal(code, read(file), file);
});

test("the server takes twelve lines and the client five", () => {
  const lines = shownExamples().map(([, code]) => code.split("\n").filter((line) => line !== "").length);
  assert.ok((lines[0] as number) <= 12, `the server takes ${lines[0]} lines`);
  assert.ok((lines[1] as number) <= 5, `the client takes ${lines[1]} lines`);
});
