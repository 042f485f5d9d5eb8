import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The inputs a fuzzer starts from: files under `corpus/`, written by hand or cut down from what was once found. */
export function corpusOf(target: string): { readonly name: string; readonly bytes: Uint8Array }[] {
  const folder = join(import.meta.dirname, "corpus", target);
  return readdirSync(folder)
    .sort()
    .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
}
