/** What docs/transports/nats.md shows in Python is run as it stands there, with NATS' own library for Python. */
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { promisify } from "node:util";
import { Service } from "../../src/service/service.ts";
import { Broker, withoutNats } from "../support/nats.ts";
import { serve } from "../support/served.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const run = promisify(execFile);

/* Which Python has the library, where it is not the system's. */
const python = process.env.NATS_PYTHON ?? "python3";
const withoutPython = spawnSync(python, ["--version"]).status !== 0 && "needs Python 3";
const withoutLibrary =
  spawnSync(python, ["-c", "import nats"]).status !== 0 &&
  "needs nats-py: pip install nats-py, or in the variable NATS_PYTHON a Python that has it";

const page = readFileSync(new URL("../../docs/transports/nats.md", import.meta.url), "utf8");
const [, snippet = ""] = /^```python\n(.*?)^```/ms.exec(page) ?? [];

/** The snippet as a file, for this broker. */
function program(test: TestContext, broker: string): string {
  const file = join(temporaryDirectory(test), "snippet.py");
  const code = snippet.replace("127.0.0.1:4222", broker);
  assert.notEqual(code, snippet);
  writeFileSync(file, code);
  return file;
}

describe("the Python in the docs", { timeout: 60_000 }, () => {
  it("is Python", { skip: withoutPython }, async (t) => {
    await run(python, ["-m", "py_compile", program(t, "127.0.0.1:1")]);
  });

  it("calls a service", { skip: withoutPython || withoutLibrary || withoutNats }, async (t) => {
    const broker = await Broker.start(t);
    await serve(
      t,
      new Service().addMethod("add", (a: number, b: number) => a + b),
      {},
      broker.address("shop.orders"),
    );
    assert.equal((await run(python, [program(t, broker.host)])).stdout, "3\n");
  });

  it("tells an error as one, by the prefix where the method has no subject", {
    skip: withoutPython || withoutLibrary || withoutNats,
  }, async (t) => {
    const broker = await Broker.start(t);
    await serve(t, new Service(), {}, broker.address("shop.orders"));
    await assert.rejects(run(python, [program(t, broker.host)]), /RuntimeError: .*-32601/);
  });
});
