import { out } from "../output/out.ts";
import { safeLines } from "../output/safe-text.ts";
import { UsageError } from "../usage-error.ts";

/** Shows where a module failed, if the fault is its own: its author wants to know. */
export function noteStack(error: unknown): void {
  if (error instanceof UsageError || !(error instanceof Error) || error.stack === undefined) return;
  out.note(safeLines(error.stack));
}
