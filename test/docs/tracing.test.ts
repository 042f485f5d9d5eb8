import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { runSnippet, snippetsOf } from "./run-snippet.ts";

/** What the snippets of docs/tracing.md print, in order. */
const printed = [
  [
    "add called",
    "add gave 3",
    "nowhere called",
    "failed: MethodNotFoundError: Method not found",
    "nowhere gave undefined",
  ],
  ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "nowhere"],
];

describe("docs/tracing.md", () => {
  const snippets = snippetsOf("tracing.md");

  test("has as many snippets as are run", () => {
    assert.equal(snippets.length, printed.length);
  });

  for (const [index, lines] of printed.entries()) {
    test(`snippet ${index + 1} does what it says`, async () => {
      assert.deepEqual(await runSnippet(snippets[index] ?? ""), lines);
    });
  }
});

test("the example with OpenTelemetry makes one trace of a client and two servers", () => {
  const example = fileURLToPath(new URL("../../examples/opentelemetry.ts", import.meta.url));
  const run = spawnSync(process.execPath, ["--import", "tsx", example], { encoding: "utf8", timeout: 60_000 });
  assert.deepEqual([run.status, run.stderr], [0, ""]);
  assert.deepEqual(run.stdout.split("\n"), [
    "12",
    "Method not found",
    "INTERNAL main",
    "  CLIENT quadruple",
    "    SERVER quadruple",
    "      CLIENT double",
    "        SERVER double",
    "      CLIENT double",
    "        SERVER double",
    "  CLIENT nowhere (MethodNotFoundError: Method not found)",
    "    SERVER _OTHER (MethodNotFoundError: Method not found)",
    "1 trace",
    "",
  ]);
});
