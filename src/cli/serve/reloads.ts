import type { Service } from "../../service/service.ts";
import { shownError } from "../output/error.ts";
import { plain } from "../output/paint.ts";
import { noteStack } from "./stack.ts";
import type { Tell } from "./tell.ts";
import { watchFolderOf } from "./watcher.ts";

/** What is to be served anew, and how. */
export interface Reloading {
  /** The module's file. */
  readonly file: string;
  /** Loads it; another number loads it anew. */
  load(generation: number): Promise<Service>;
  /** Puts a service in the place of the last. */
  serve(service: Service): void;
  readonly tell: Tell;
}

/* A module that awaits something for so long is told of. */
const SLOW_MS = 5_000;

/**
 * Serves a module anew whenever its files change. A change overtakes a module that is still being loaded, which may await
 * something that never comes.
 *
 * @returns what ends it
 */
export function reloadOnChange({ file, load, serve, tell }: Reloading): () => void {
  let latest = 0;
  const reload = async () => {
    const generation = ++latest;
    const slow = setTimeout(() => {
      if (generation === latest) tell("not-reloaded", `the last one goes on: ${file} is still being loaded after 5 s`);
    }, SLOW_MS).unref();
    try {
      const service = await load(generation);
      if (generation !== latest) return;
      serve(service);
      tell("reloaded", file);
    } catch (error) {
      if (generation !== latest) return;
      noteStack(error);
      tell("not-reloaded", `the last one goes on: ${shownError(error, plain)}`);
    } finally {
      clearTimeout(slow);
    }
  };
  const unwatch = watchFolderOf(
    file,
    () => void reload(),
    (error) => tell("not-watched", error.message),
  );
  return () => {
    unwatch();
    latest = Number.POSITIVE_INFINITY;
  };
}
