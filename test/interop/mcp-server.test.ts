/** A server that was built with the SDK of the Model Context Protocol, and our client of it. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { CallAbortedError } from "../../src/connection/errors/call-aborted-error.ts";
import { MethodNotFoundError } from "../../src/protocol/errors/method-not-found-error.ts";
import { Service } from "../../src/service/service.ts";
import { Log } from "../support/log.ts";
import { clientOf } from "../support/served.ts";
import { rejection, watch } from "../support/settling.ts";
import { peer } from "./programs.ts";
import { Shelf } from "./shelf.mjs";

const INITIALIZE = {
  protocolVersion: "2025-06-18",
  capabilities: { roots: {} },
  clientInfo: { name: "tsjason", version: "0" },
};

/** A client that is what the protocol asks of it. */
async function initialized(test: TestContext) {
  const messages = new Shelf<string>();
  const service = new Service({ logger: new Log() })
    .addMethod("ping", () => ({}))
    .addMethod("roots/list", () => ({ roots: [{ uri: "file:///é" }] }))
    .addMethod("notifications/message", ({ data }: { data: string }) => messages.put(data));
  const stderr: string[] = [];
  const stdio = { ...peer("mcp-server.mjs"), stderr: (line: string) => stderr.push(line) };
  const client = clientOf(test, "stdio:?framing=newline", { service, stdio });
  const answer = await client.call("initialize", INITIALIZE);
  await client.notify("notifications/initialized");
  return { client, answer, messages, stderr };
}

describe("a server of the Model Context Protocol", { timeout: 30_000 }, () => {
  it("is initialized, tells its tools, runs them, calls back, and exits when it is closed", async (t) => {
    const { client, answer, messages, stderr } = await initialized(t);
    const { protocolVersion, serverInfo } = answer as { protocolVersion: string; serverInfo: unknown };
    assert.equal(protocolVersion, INITIALIZE.protocolVersion);
    assert.deepEqual(serverInfo, { name: "interop", version: "1.0.0" });
    assert.equal(await messages.take(), "initialized");

    assert.deepEqual(await client.call("ping"), {});
    const { tools } = (await client.call("tools/list")) as { tools: { name: string }[] };
    assert.deepEqual(
      tools.map(({ name }) => name),
      ["add", "echo", "ask"],
    );
    assert.deepEqual(await runTool("add", { a: 40, b: 2 }), [{ type: "text", text: "42" }]);
    const text = "é漢😀\n".repeat(100_000);
    assert.deepEqual(await runTool("echo", { text }), [{ type: "text", text }]);

    assert.deepEqual(await runTool("ask"), [{ type: "text", text: "file:///é" }]);
    assert.equal(await messages.take(), "asking, é");

    await client.close();
    assert.deepEqual([client.log.lines(), stderr], [[], []]);

    async function runTool(name: string, args = {}): Promise<unknown> {
      const { content } = (await client.call("tools/call", { name, arguments: args })) as { content: unknown };
      return content;
    }
  });

  it("answers errors", async (t) => {
    const { client } = await initialized(t);
    await rejection(client.call("no/such/method", {}), MethodNotFoundError);
    const wrong = await client.call("tools/call", { name: "add", arguments: { a: 40 } });
    assert.ok((wrong as { isError?: boolean }).isError, "a tool's arguments are a matter of the tool");
    await rejection(client.call("prompts/get", {}), MethodNotFoundError);
  });

  it("answers neither params by position nor batches: its protocol has none", async (t) => {
    const { client } = await initialized(t);
    const abort = new AbortController();
    const listed = client.call("tools/list", [], { signal: abort.signal });
    const batch = client.batch();
    const pinged = batch.call("ping");
    const sent = batch.send({ signal: abort.signal });
    const settled = [watch(listed), watch(pinged)];
    // It takes one line after the other, so it has seen them before this.
    await client.call("ping");
    assert.deepEqual(
      settled.map((one) => one.settled),
      [false, false],
    );
    abort.abort();
    await sent;
    await rejection(listed, CallAbortedError);
  });
});
