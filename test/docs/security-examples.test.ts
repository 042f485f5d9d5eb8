import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

function run(name: string): string[] {
  const example = fileURLToPath(new URL(`../../examples/${name}.ts`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", example], {
    encoding: "utf8",
    timeout: 30_000,
  });
  assert.deepEqual([status, stderr], [0, ""]);
  return stdout.trim().split("\n");
}

test("the example with mutual TLS lets in who has a certificate, and nobody else", () => {
  const lines = run("mutual-tls");
  assert.equal(lines[0], "you are anna");
  assert(
    lines.some((line) => /^server: a connection to .* was refused/.test(line)),
    lines.join("\n"),
  );
  assert(
    lines.some((line) => /^the stranger: (?:DialError|ConnectionLostError)$/.test(line)),
    lines.join("\n"),
  );
});

test("the example with a token lets in who has one, and nobody else", () => {
  assert.deepEqual(run("authenticated"), ["you are anna", "DialError: 401"]);
});
