import { type FSWatcher, watch } from "node:fs";
import { dirname } from "node:path";
import { isIgnored, placesBelow, realPathOf } from "./places.ts";

/* Editors write a file in several steps. */
const QUIET_MS = 100;
/* What never comes to rest is looked at all the same. */
const LATEST_MS = 1_000;

/**
 * Watches the folder of a file, and all below it but node_modules and what is hidden; where symbolic links lead, too.
 *
 * Each folder is watched by itself, and anew after each change. `fs.watch` of a whole tree watches the files on Linux, and
 * hears nothing more of one that another was renamed to, as editors do to save.
 *
 * @param changed - called when something has changed, and then nothing for a moment, or a second has passed
 * @param failed - called when something cannot be watched
 * @returns what ends it
 */
export function watchFolderOf(file: string, changed: () => void, failed: (error: Error) => void): () => void {
  const watched = new WatchedFolders([dirname(file), dirname(realPathOf(file) ?? file)], changed, failed);
  return () => watched.close();
}

class WatchedFolders {
  readonly #folders: readonly string[];
  readonly #changed: () => void;
  readonly #failed: (error: Error) => void;
  #watchers: readonly FSWatcher[] = [];
  #quiet: NodeJS.Timeout | undefined;
  #latest: NodeJS.Timeout | undefined;

  constructor(folders: readonly string[], changed: () => void, failed: (error: Error) => void) {
    this.#folders = folders;
    this.#changed = changed;
    this.#failed = failed;
    this.#watch();
  }

  close(): void {
    this.#rest();
    for (const watcher of this.#watchers) watcher.close();
  }

  /** Watches what is there now. The watches before end behind it, so that nothing is missed. */
  #watch(): void {
    const before = this.#watchers;
    try {
      this.#watchers = [...placesBelow(this.#folders)].flatMap(([folder, names]) => this.#watchFolder(folder, names));
    } catch (error) {
      this.#failed(error as Error);
      return;
    }
    for (const watcher of before) watcher.close();
  }

  #watchFolder(folder: string, names: ReadonlySet<string> | undefined): FSWatcher[] {
    try {
      const watcher = watch(folder, (_event, name) => {
        if (name === null || (names ? names.has(name) : !isIgnored(name))) this.#heard();
      });
      return [watcher.on("error", this.#failed)];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") this.#failed(error as Error);
      return [];
    }
  }

  #heard(): void {
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.#look(), QUIET_MS);
    this.#latest ??= setTimeout(() => this.#look(), LATEST_MS);
  }

  #look(): void {
    this.#rest();
    this.#watch();
    this.#changed();
  }

  #rest(): void {
    clearTimeout(this.#quiet);
    clearTimeout(this.#latest);
    this.#latest = undefined;
  }
}
