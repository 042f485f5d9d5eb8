import { readFileSync } from "node:fs";
import { UsageError } from "../usage-error.ts";

/** @throws UsageError when the file cannot be read */
export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new UsageError(`${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
