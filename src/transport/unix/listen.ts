import { Buffer } from "node:buffer";
import { type BigIntStats, chmodSync, mkdtempSync, rmdirSync, rmSync } from "node:fs";
import type { Server } from "node:net";
import { resolve } from "node:path";
import { listening } from "../socket.ts";
import { inUse, prefixOf, removeStale, statOf, tryLink, unlinkIfSame } from "./file.ts";
import { exclusively } from "./lock.ts";

/*
 * A socket is made in a directory of its own, which nobody else can enter, gets its mode there, and is then linked to
 * its real name. So there is no moment at which it is more open than its mode; the link fails when the name is taken,
 * whoever took it when; and the file that libuv removes by name when the server closes is not the real one, which may
 * be another server's by then.
 */

/* How often a stale file is removed before giving up. More than once only if others are at it at the same time. */
const ATTEMPTS = 10;

/** How many bytes the longest path takes that a socket has, or is dialled at, on its way to the name `path`. */
export function privatePathBytes(path: string): number {
  return Buffer.byteLength(`${prefixOf(path)}XXXXXX/n`);
}

/**
 * Makes a server listen on a socket file.
 *
 * @param mode - the file's permissions
 * @returns what removes the file, if it is still this server's; to be called before the server is closed
 * @throws Error with the code `EADDRINUSE` when there is anything but a stale socket file; nothing listens then, and
 * what is there is as it was
 */
export async function listenAt(
  server: Server,
  path: string,
  mode: number,
  refused: (error: Error) => void,
): Promise<() => void> {
  const directory = mkdtempSync(prefixOf(path));
  try {
    const made = `${directory}/n`;
    // Exclusive: a worker of a cluster would have the primary bind the path.
    await listening(server, { path: made, exclusive: true }, refused);
    chmodSync(made, mode);
    const own = statOf(made) as BigIntStats;
    await publish(made, path, directory);
    const absolute = resolve(path);
    return () => unlinkIfSame(own, absolute);
  } catch (error) {
    server.close();
    throw error;
  } finally {
    removeDirectory(directory);
  }
}

/** Gives a socket file its real name. */
async function publish(made: string, path: string, directory: string): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (tryLink(made, path)) return;
    await exclusively(path, directory, () => removeStale(path, `${directory}/o`));
  }
  throw inUse(path, "others keep taking it");
}

/** Removes the private directory with the socket's first name; not with what could not be put back. */
function removeDirectory(directory: string): void {
  rmSync(`${directory}/n`, { force: true });
  try {
    rmdirSync(directory);
  } catch {
    // Something that is not ours is in it.
  }
}
