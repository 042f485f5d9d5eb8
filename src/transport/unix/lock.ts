import { createHash } from "node:crypto";
import { connect, createServer, type Socket } from "node:net";
import { basename } from "node:path";
import { listening } from "../socket.ts";
import { inUse, prefixOf, removeStale, statOf, tryLink, unlinkIfSame } from "./file.ts";

/*
 * Only one process at a time may replace a stale socket file: two that both found it stale could remove each other's
 * new one. The lock is a socket too, since a socket is the one kind of file that tells whether its process still
 * lives, and that says when it goes: those who wait are connected to it.
 */

/* How long to wait for another process that holds the lock, in which it does a handful of system calls. */
const PATIENCE_MS = 5_000;

/** The lock of a path: a hidden file beside it, whose name is short however long the path's is. */
export function lockOf(path: string): string {
  return `${prefixOf(path)}${createHash("sha256").update(basename(path)).digest("hex").slice(0, 8)}`;
}

/**
 * Runs an action while no other process does so for the same path.
 *
 * @param directory - a directory of this process' own
 * @throws Error with the code `EADDRINUSE` when the lock is not to be had
 */
export async function exclusively(path: string, directory: string, action: () => Promise<void>): Promise<void> {
  const lock = lockOf(path);
  const made = `${directory}/l`;
  const waiting = new Set<Socket>();
  const server = createServer((socket) => {
    waiting.add(socket.on("error", () => {}));
  });
  await listening(server, { path: made, exclusive: true }, () => {});
  const own = statOf(made);
  try {
    while (!tryLink(made, lock)) await untilReleased(lock, path, directory);
    await action();
  } finally {
    if (own) unlinkIfSame(own, lock);
    server.close();
    for (const socket of waiting) socket.destroy();
  }
}

/** Waits until the process that holds the lock goes on, or removes the lock it left when it was killed. */
function untilReleased(lock: string, path: string, directory: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(lock);
    const timer = setTimeout(() => {
      reject(inUse(path, "another server has been about to listen there for long"));
      socket.destroy();
    }, PATIENCE_MS);
    let failure: NodeJS.ErrnoException | undefined;
    socket.on("error", (error) => {
      failure = error;
    });
    socket.on("close", () => {
      clearTimeout(timer);
      const code = failure?.code;
      if (code === "ECONNREFUSED") removeStale(lock, `${directory}/k`, path).then(resolve, reject);
      else if (code === undefined || code === "ENOENT" || code === "ECONNRESET") resolve();
      else reject(inUse(path, "it cannot be told whether another server is about to listen there", failure));
    });
    socket.resume();
  });
}
