/** The client of the SDK of the Model Context Protocol, and a server that is tsjason alone. */
import assert from "node:assert/strict";
import type { Readable } from "node:stream";
import { describe, it, type TestContext } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ListRootsRequestSchema, LoggingMessageNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { cleanUp } from "../support/cleanup.ts";
import { readAll } from "../support/read-all.ts";
import { ours } from "./programs.ts";
import { failure } from "./rows.ts";
import { Shelf } from "./shelf.mjs";

/** Their client, connected to ours, which it has started. */
async function connected(test: TestContext) {
  const transport = new StdioClientTransport({ ...ours("mcp-tsjason.ts"), stderr: "pipe" });
  const stderr = readAll(transport.stderr as Readable);
  const client = new Client({ name: "interop", version: "1.0.0" }, { capabilities: { roots: {} } });
  const messages = new Shelf<unknown>();
  const errors: Error[] = [];
  client.onerror = (error) => errors.push(error);
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => void messages.put(params.data));
  client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: [{ uri: "file:///é" }] }));
  await client.connect(transport);
  cleanUp(test, () => client.close());
  return { client, messages, errors, stderr };
}

describe("a client of the Model Context Protocol", { timeout: 30_000 }, () => {
  it("initializes, lists tools, runs them, is called back, and ends us in good order", async (t) => {
    const { client, messages, errors, stderr } = await connected(t);
    assert.deepEqual(client.getServerVersion(), { name: "tsjason", version: "0" });
    await client.ping();
    const { tools } = await client.listTools();
    assert.deepEqual(
      tools.map(({ name }) => name),
      ["echo", "ask"],
    );
    const text = "é漢😀\n".repeat(100_000);
    const echoed = await client.callTool({ name: "echo", arguments: { text } });
    assert.deepEqual(echoed.content, [{ type: "text", text }]);

    const asked = await client.callTool({ name: "ask", arguments: {} });
    assert.deepEqual(asked.content, [{ type: "text", text: "file:///é" }]);
    assert.equal(await messages.take(), "asking, é");

    await client.close();
    assert.equal(await stderr, "initialized\nclosed\n");
    assert.deepEqual(errors, []);
  });

  it("gets our errors", async (t) => {
    const { client } = await connected(t);
    const unknown = await failure(client.callTool({ name: "nope", arguments: {} }));
    assert.deepEqual([unknown.code, unknown.data], [-32602, { name: "nope" }]);
    assert.equal((await failure(client.setLoggingLevel("debug"))).code, -32601);
  });
});
