/** A server of the Model Context Protocol on stdin and stdout, by tsjason alone. */
import assert from "node:assert/strict";
import { InvalidParamsError } from "../../../src/protocol/errors/invalid-params-error.ts";
import { listen } from "../../../src/server/server.ts";
import type { CallContext } from "../../../src/service/context.ts";
import { Service } from "../../../src/service/service.ts";

interface ToolCall {
  readonly name: string;
  readonly arguments: { readonly text: string };
}

const inputSchema = { type: "object", properties: { text: { type: "string" } } };
const said = (text: string) => ({ content: [{ type: "text", text }] });

const service = new Service({ timeout: 10_000 })
  .addMethod("initialize", ({ protocolVersion }: { readonly protocolVersion: string }) => ({
    protocolVersion,
    capabilities: { tools: {}, logging: {} },
    serverInfo: { name: "tsjason", version: "0" },
  }))
  .addMethod("notifications/initialized", () => console.error("initialized"))
  .addMethod("ping", () => ({}))
  .addMethod(
    "tools/list",
    (_cursor?: string) => ({
      tools: [
        { name: "echo", inputSchema },
        { name: "ask", inputSchema },
      ],
    }),
    {
      params: ["cursor?", "_meta?"],
    },
  )
  .addMethod("tools/call", runTool, { context: true });

async function runTool({ connection }: CallContext, call: ToolCall): Promise<unknown> {
  if (call.name === "echo") return said(call.arguments.text);
  if (call.name !== "ask") throw new InvalidParamsError({ name: call.name });
  assert(connection, "there is nobody to call");
  await connection.call("ping");
  await connection.notify("notifications/message", { level: "info", data: "asking, é" });
  const { roots } = (await connection.call("roots/list")) as { roots: { uri: string }[] };
  return said(roots.map(({ uri }) => uri).join());
}

const server = await listen(service, "stdio:?framing=newline");
await server.closed;
console.error("closed");
