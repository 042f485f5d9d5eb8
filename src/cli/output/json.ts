import { endOfString } from "../words/end-of-string.ts";
import type { Paint, Style } from "./paint.ts";
import { safeLines, safeText } from "./safe-text.ts";

/* The tokens of JSON that have a colour: strings, by how they begin, numbers, words. */
const token = /"|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(?:true|false|null)\b/g;

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
  const search = new RegExp(token);
  const pieces: string[] = [];
  let done = 0;
  for (let match = search.exec(json); match; match = search.exec(json)) {
    const { index } = match;
    const end = match[0] === '"' ? endOfString(json, index) : search.lastIndex;
    pieces.push(json.slice(done, index), paint(styleOf(match, json[end]), json.slice(index, end)));
    done = end;
    search.lastIndex = end;
  }
  pieces.push(json.slice(done));
  return pieces.join("");
}

function styleOf([start, number]: RegExpExecArray, next: string | undefined): Style {
  if (start === '"') return next === ":" ? "blue" : "green";
  return number === undefined ? "magenta" : "yellow";
}

/** With a space behind commas and colons, as people write. */
function spaced(json: string): string {
  return json.replace(/("(?:[^"\\]|\\.)*")|([,:])/g, (_whole, text?: string, mark?: string) => text ?? `${mark} `);
}
