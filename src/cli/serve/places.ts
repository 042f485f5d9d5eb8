import { type Dirent, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** Folders by their real paths, and which of the names in each count; `undefined` for all that are no {@link isIgnored}. */
export type Places = ReadonlyMap<string, ReadonlySet<string> | undefined>;

/* Each folder is a watch of the system's, which has some ten thousand for all. */
const MAX_FOLDERS = 5_000;

/** What is no source: packages, and what is hidden. */
export function isIgnored(name: string): boolean {
  return name === "node_modules" || name.startsWith(".");
}

/**
 * Where a change of what is below some folders shows: the folders themselves, and those that symbolic links lead to; of a
 * linked file's folder that file alone.
 *
 * @throws Error when there are more than 5,000 folders
 */
export function placesBelow(folders: readonly string[]): Places {
  const places = new Map<string, Set<string> | undefined>();
  const rest = [...folders];
  for (let path = rest.pop(); path !== undefined; path = rest.pop()) {
    const folder = realPathOf(path);
    if (folder === undefined || (places.has(folder) && places.get(folder) === undefined)) continue;
    places.set(folder, undefined);
    if (places.size > MAX_FOLDERS) {
      throw new Error(`expected ${MAX_FOLDERS.toLocaleString("en")} folders at most to watch, got more`);
    }
    for (const entry of entriesOf(folder)) {
      if (isIgnored(entry.name)) continue;
      if (entry.isDirectory()) rest.push(join(folder, entry.name));
      else if (entry.isSymbolicLink()) {
        const target = realPathOf(join(folder, entry.name));
        if (target === undefined) continue;
        if (statSync(target, { throwIfNoEntry: false })?.isDirectory()) rest.push(target);
        else addFile(places, target);
      }
    }
  }
  return places;
}

function addFile(places: Map<string, Set<string> | undefined>, file: string): void {
  const folder = dirname(file);
  if (!places.has(folder)) places.set(folder, new Set());
  places.get(folder)?.add(basename(file));
}

/** Where a path leads; `undefined` where it leads nowhere. */
export function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** What is gone by the time it is looked at has nothing in it. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
