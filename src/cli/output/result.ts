import { shownJson } from "./json.ts";
import { out } from "./out.ts";
import { safeLines } from "./safe-text.ts";

/** How a result is to be printed. */
export interface ResultOptions {
  readonly raw?: boolean;
  readonly json?: boolean;
}

/** Prints a call's result. */
export function showResult(result: unknown, ms: number, { raw, json }: ResultOptions): void {
  if (json) out.line(JSON.stringify({ result, ms: rounded(ms) }));
  else if (raw && typeof result === "string") out.line(process.stdout.isTTY ? safeLines(result) : result);
  else out.line(shownJson(result, out.paint));
  if (hasInexact(result)) {
    out.note(
      out.paintError("yellow", "a number in it is beyond 2^53 and may have lost digits; --verbose shows it as it came"),
    );
  }
}

export function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}

/** Whether a whole number in it is larger than a JavaScript number can hold to the last digit. */
function hasInexact(result: unknown): boolean {
  // A list of what is left to look at: what arrives may be nested deeper than functions can be.
  const rest = [result];
  while (rest.length > 0) {
    const value = rest.pop();
    if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) return true;
    if (typeof value === "object" && value !== null) for (const each of Object.values(value)) rest.push(each);
  }
  return false;
}
