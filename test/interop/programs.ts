import { fileURLToPath } from "node:url";

const file = (name: string) => fileURLToPath(new URL(`./peers/${name}`, import.meta.url));

/** How a peer in plain JavaScript is run. */
export function peer(name: string, ...args: string[]) {
  return { command: process.execPath, args: [file(name), ...args] };
}

/** How tsjason itself is run as a server on stdin and stdout, for others to start. */
export function served(address: string) {
  return { command: process.execPath, args: ["--import", import.meta.resolve("tsx"), file("tsjason.ts"), address] };
}
