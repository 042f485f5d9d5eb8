/** A client in another language calls a service on NATS by what the docs say of subjects, and nothing else. */
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Broker, withoutNats } from "../support/nats.ts";
import { exampleService, serve } from "../support/served.ts";

const withoutPython = spawnSync("python3", ["--version"]).status !== 0 && "needs Python 3";
const program = fileURLToPath(new URL("./peers/nats_call.py", import.meta.url));

const METHODS = ["echo", "main.echo", ".", "a..b", "*", ">", "a b", "%", "$SRV.PING", "é.漢😀", "~_-"];

describe("Python over NATS", { skip: withoutPython || withoutNats, timeout: 60_000 }, () => {
  it("calls methods of any name", async (t) => {
    const broker = await Broker.start(t);
    const service = exampleService();
    for (const name of METHODS.slice(1)) service.addMethod(name, (value: unknown) => [name, value]);
    await serve(t, service, {}, broker.address("any"));
    const { stdout } = await promisify(execFile)("python3", [program, String(broker.port), "any", ...METHODS]);
    const answers = stdout.trim().split("\n");
    assert.deepEqual(
      answers.map((answer) => JSON.parse(answer)),
      METHODS.map((name, id) => ({ jsonrpc: "2.0", id, result: name === "echo" ? id : [name, id] })),
    );
  });
});
