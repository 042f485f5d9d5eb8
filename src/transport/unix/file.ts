import { type BigIntStats, linkSync, lstatSync, renameSync, rmSync, unlinkSync } from "node:fs";
import { connect } from "node:net";
import { resolve } from "node:path";

/*
 * What can be done to socket files without harming anyone else's.
 */

/** What the names of the files start with that are made beside a socket file. */
export function prefixOf(path: string): string {
  return `${path.slice(0, path.lastIndexOf("/") + 1)}.`;
}

/** What is there, itself and not what it links to; `undefined` for nothing. */
export function statOf(path: string): BigIntStats | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false });
}

/** Whether two files are one and the same socket. The time tells it from a later one in the same place on the disk. */
export function isSame(one: BigIntStats, other: BigIntStats | undefined): boolean {
  if (other === undefined || !other.isSocket()) return false;
  return one.dev === other.dev && one.ino === other.ino && one.mtimeNs === other.mtimeNs;
}

/** Removes a file if it is this one. */
export function unlinkIfSame(one: BigIntStats, path: string): void {
  if (isSame(one, statOf(path))) unlinkSync(path);
}

/** Gives a file a second name, or another one where the file system has no links for sockets; false when it is taken. */
export function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(code)) throw error;
  }
  if (statOf(to)) return false;
  renameSync(from, to);
  return true;
}

/** Renames; false when there is nothing of that name. */
function tryRename(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/**
 * Removes a stale socket file, one that refuses connections.
 *
 * Between finding it stale and removing it, somebody else can have done the same and be there, for programs of all
 * kinds listen on sockets. So it is moved aside first, where nobody else goes, looked at once more, and put back if it
 * is not what it was taken for.
 *
 * @param aside - a name that is free, in a directory of this process' own
 * @param wanted - the path that errors name
 * @throws Error with the code `EADDRINUSE` when it is anything else
 */
export async function removeStale(path: string, aside: string, wanted = path): Promise<void> {
  const found = statOf(path);
  if (!found) return;
  if (!found.isSocket()) throw inUse(wanted, `${path} is no socket`);
  await assertStale(path, wanted);
  // Nothing but another process' system call can come between these.
  if (!isSame(found, statOf(path)) || !tryRename(path, aside)) return;
  try {
    if (!isSame(found, statOf(aside))) throw inUse(wanted, "another server was faster");
    await assertStale(aside, wanted);
  } catch (error) {
    if (!tryLink(aside, path)) throw inUse(wanted, `what was there before is ${resolve(aside)} now`, error);
    rmSync(aside, { force: true });
    throw error;
  }
  unlinkSync(aside);
}

/**
 * Knocks at a socket file.
 *
 * @throws Error unless it refuses connections, or is not there any more
 */
function assertStale(path: string, wanted: string): Promise<void> {
  return new Promise((pass, fail) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      fail(inUse(wanted, "a server answers there"));
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED" || error.code === "ENOENT") pass();
      else fail(inUse(wanted, "it cannot be told whether a server answers there", error));
    });
  });
}

/** The error a taken port would give. */
export function inUse(path: string, why: string, cause?: unknown): Error {
  const error = new Error(`listen EADDRINUSE: address already in use ${path}: ${why}`, { cause });
  return Object.assign(error, { code: "EADDRINUSE", syscall: "listen", address: path });
}
