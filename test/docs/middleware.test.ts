import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runSnippet, snippetsOf } from "./run-snippet.ts";

/** What the snippets of docs/middleware.md print, in order. */
const printed = [
  ["add called", "add by memory, quick", "3"],
  ["Unauthorized", "Unauthorized", "hello Ali", "42"],
  ["{ 'add ok': 1, 'add -32602': 1, '(unknown) -32601': 2 }"],
  ["once more", "3"],
];

describe("docs/middleware.md", () => {
  const snippets = snippetsOf("middleware.md");

  test("has as many snippets as are run", () => {
    assert.equal(snippets.length, printed.length);
  });

  for (const [index, lines] of printed.entries()) {
    test(`snippet ${index + 1} does what it says`, async () => {
      assert.deepEqual(await runSnippet(snippets[index] ?? ""), lines);
    });
  }
});
