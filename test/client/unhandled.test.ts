import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { readAll } from "../support/read-all.ts";

const program = fileURLToPath(new URL("../support/careless-program.ts", import.meta.url));

describe("a program that awaits as little as it may", () => {
  it("has no unhandled rejection, whatever drops, and ends by itself", async () => {
    const child = spawn(
      process.execPath,
      ["--unhandled-rejections=strict", "--import", import.meta.resolve("tsx"), program],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    const [output, errors, [code]] = await Promise.all([
      readAll(child.stdout),
      readAll(child.stderr),
      once(child, "close"),
    ]);
    assert.equal(errors.replace(/^.*ExperimentalWarning.*\n.*\n/gm, ""), "");
    assert.match(output, /survived\n$/);
    assert.equal(code, 0);
  });
});
