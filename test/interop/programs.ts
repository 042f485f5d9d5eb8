import { fileURLToPath } from "node:url";

const loader = new URL("../../scripts/typescript/register.mjs", import.meta.url).href;
const file = (name: string) => fileURLToPath(new URL(`./peers/${name}`, import.meta.url));

/** How a peer in plain JavaScript is run. */
export function peer(name: string) {
  return { command: process.execPath, args: [file(name)] };
}

/** How a program of tsjason's is run, for others to start. */
export function ours(name: string, ...args: string[]) {
  return { command: process.execPath, args: ["--import", loader, file(name), ...args] };
}
