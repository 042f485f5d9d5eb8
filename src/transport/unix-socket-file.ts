import { Buffer } from "node:buffer";
import {
  type BigIntStats,
  chmodSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
} from "node:fs";
import { connect, type Server } from "node:net";
import { resolve } from "node:path";
import { listening } from "./socket.ts";

/*
 * A socket is made in a directory of its own, which nobody else can enter, gets its mode there, and is then linked to
 * its real name. So there is no moment at which it is more open than its mode; the link fails when the name is taken,
 * whoever took it when; and the file that libuv removes by name when the server closes is not the real one, which may
 * be another server's by then.
 */

const SUFFIX = "XXXXXX";
/* How often a stale file is cleared away before giving up: only a race with others who do the same gets to the second. */
const ATTEMPTS = 10;

/** How many bytes the longest path takes that a socket is bound to or dialled at while it gets the name `path`. */
export function privatePathBytes(path: string): number {
  return Buffer.byteLength(`${prefixOf(path)}${SUFFIX}/n`);
}

function prefixOf(path: string): string {
  return `${path.slice(0, path.lastIndexOf("/") + 1)}.`;
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
    return () => {
      if (isSame(own, statOf(absolute))) unlinkSync(absolute);
    };
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
    await clearStale(path, `${directory}/o`);
  }
  throw inUse(path, "others keep taking it");
}

/** Links, also where the file system has no links for sockets; false when the name is taken. */
function tryLink(made: string, path: string): boolean {
  try {
    linkSync(made, path);
    return true;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(code)) throw error;
  }
  if (statOf(path)) return false;
  renameSync(made, path);
  return true;
}

/**
 * Removes a stale socket file.
 *
 * Between finding it stale and removing it, another server can have done the same and be there. So it is moved aside
 * first, where nobody else goes, looked at once more, and put back if it is not what it was taken for.
 *
 * @throws Error when it is anything else
 */
async function clearStale(path: string, aside: string): Promise<void> {
  const found = statOf(path);
  if (!found) return;
  if (!found.isSocket()) throw inUse(path, "there is a file that is no socket");
  await assertStale(path, path);
  // Nothing but another system call can come between these two.
  if (!isSame(found, statOf(path))) return;
  renameSync(path, aside);
  try {
    if (!isSame(found, statOf(aside))) throw inUse(path, "another server was faster");
    await assertStale(aside, path);
  } catch (error) {
    putBack(aside, path);
    throw error;
  }
  unlinkSync(aside);
}

function putBack(aside: string, path: string): void {
  if (!tryLink(aside, path)) throw inUse(path, `what was there before is ${resolve(aside)} now`);
  rmSync(aside, { force: true });
}

/**
 * Knocks at a socket file.
 *
 * @throws Error unless it refuses connections, or is not there any more
 */
function assertStale(at: string, path: string): Promise<void> {
  return new Promise((pass, fail) => {
    const socket = connect(at);
    socket.once("connect", () => {
      socket.destroy();
      fail(inUse(path, "a server answers there"));
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED" || error.code === "ENOENT") pass();
      else fail(inUse(path, "it cannot be told whether a server answers there", error));
    });
  });
}

/** The error a taken port would give. */
function inUse(path: string, why: string, cause?: unknown): Error {
  const error = new Error(`listen EADDRINUSE: address already in use ${path}: ${why}`, { cause });
  return Object.assign(error, { code: "EADDRINUSE", syscall: "listen", address: path });
}

function statOf(path: string): BigIntStats | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false });
}

function isSame(one: BigIntStats, other: BigIntStats | undefined): boolean {
  return other !== undefined && one.dev === other.dev && one.ino === other.ino && other.isSocket();
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
