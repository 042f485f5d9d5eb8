/*
 * What goes to this process's standard error on others' behalf. It must not end the process when nobody reads it any
 * more, nor fill the memory when somebody reads slowly.
 */

const MOST_QUEUED_BYTES = 1_024 * 1_024;

let guarded: NodeJS.WriteStream | undefined;

/** The process's standard error; when it breaks, nobody is left to be told. */
export function guardedStderr(): NodeJS.WriteStream {
  if (guarded !== process.stderr) {
    guarded = process.stderr;
    guarded.on("error", () => {});
  }
  return guarded;
}

/** Writes to standard error what a child wrote to its own; while more than 1 MiB is queued, it is dropped. */
export function passOn(chunk: Uint8Array): void {
  const stderr = guardedStderr();
  if (stderr.writableLength <= MOST_QUEUED_BYTES) stderr.write(chunk);
}
