import type { Paint } from "./paint.ts";
import { safeLines, safeText } from "./safe-text.ts";

/* The tokens of JSON that have a colour: keys, strings, numbers, words. */
const token = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

/* What fits a line stays on one. */
const LINE = 72;

/** A value as JSON on one line. */
export function compactJson(value: unknown): string {
  return safeText(JSON.stringify(value) ?? "null");
}

/** A value as JSON to be read by people: short ones on one line, others indented. */
export function shownJson(value: unknown, paint: Paint): string {
  const compact = compactJson(value);
  if (compact.length <= LINE) return painted(spaced(compact), paint);
  return painted(safeLines(JSON.stringify(value, undefined, 2)), paint);
}

function painted(json: string, paint: Paint): string {
  return json.replace(token, (whole, text?: string, colon?: string, number?: string) => {
    if (text !== undefined) return colon === undefined ? paint("green", text) : paint("blue", text) + colon;
    return paint(number === undefined ? "magenta" : "yellow", whole);
  });
}

/** With a space behind commas and colons, as people write. */
function spaced(json: string): string {
  return json.replace(/("(?:[^"\\]|\\.)*")|([,:])/g, (_whole, text?: string, mark?: string) => text ?? `${mark} `);
}
