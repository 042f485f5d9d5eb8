/** A server of the Model Context Protocol on stdin and stdout, by its SDK. */
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { z } from "zod";

const server = new McpServer({ name: "interop", version: "1.0.0" }, { capabilities: { logging: {} } });

/** @param {string} text */
const said = (text) => ({ content: [{ type: /** @type {const} */ ("text"), text }] });

server.registerTool("add", { description: "Adds", inputSchema: { a: z.number(), b: z.number() } }, ({ a, b }) =>
  said(String(a + b)),
);
server.registerTool("echo", { inputSchema: { text: z.string() } }, ({ text }) => said(text));
server.registerTool("ask", {}, async () => {
  await server.server.ping();
  await server.sendLoggingMessage({ level: "info", data: "asking, é" });
  const { roots } = await server.server.listRoots();
  return said(roots.map(({ uri }) => uri).join());
});
server.server.oninitialized = () => {
  void server.sendLoggingMessage({ level: "info", data: "initialized" });
};

await server.connect(new StdioServerTransport());
