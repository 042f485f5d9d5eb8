import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { UsageError } from "../usage-error.ts";

/** Where words like `-` and `@file` get their texts. */
export interface Sources {
  /** @throws UsageError when it cannot be read */
  stdin(): Promise<string>;
  /** @throws UsageError when it cannot be read */
  file(path: string): Promise<string>;
}

/** Standard input, once, and files. */
export function systemSources(): Sources {
  let read = false;
  return {
    async stdin() {
      if (read) throw new UsageError("standard input can be read once, and - stands there twice");
      read = true;
      return await text(process.stdin);
    },
    async file(path) {
      try {
        return await readFile(path, "utf8");
      } catch (cause) {
        throw new UsageError(`${path} cannot be read: ${(cause as Error).message}`, { cause });
      }
    },
  };
}
