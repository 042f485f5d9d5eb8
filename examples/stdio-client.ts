/**
 * A client that starts its server as a child process: run `npx tsx examples/stdio-client.ts`.
 */
import { fileURLToPath } from "node:url";
import { Client } from "tsjason";

interface Api {
  add(a: number, b: number): number;
}

const server = fileURLToPath(new URL("stdio-server.ts", import.meta.url));
await using client = new Client<Api>("stdio:", {
  // The first answer takes as long as the server takes to start.
  timeout: 20_000,
  stdio: {
    command: process.execPath,
    args: ["--import", "tsx", server],
    stderr: (line) => console.log(`  the server prints: ${line}`),
  },
});
client.on("connect", ({ pid }) => console.log(`  (the server is process ${pid})`));
console.log(await client.call("add", [1, 2]));
