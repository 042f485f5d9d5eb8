import { watch } from "node:fs";
import { dirname } from "node:path";

/* Editors write a file in several steps. */
const QUIET_MS = 100;

/** What is no source: packages, and what is hidden. */
const ignored = /(?:^|[\\/])(?:node_modules|\.[^\\/]+)(?:[\\/]|$)/;

/**
 * Watches the folder of a file, and all below it but node_modules and what is hidden.
 *
 * @param changed - called when something has changed, and then nothing for a moment
 * @param failed - called when it cannot be watched any more
 * @returns what ends it
 */
export function watchFolderOf(file: string, changed: () => void, failed: (error: Error) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(dirname(file), { recursive: true }, (_event, name) => {
    if (name !== null && ignored.test(name)) return;
    clearTimeout(timer);
    timer = setTimeout(changed, QUIET_MS);
  });
  watcher.on("error", failed);
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}
