import { UsageError } from "../usage-error.ts";

const CLOSING: Readonly<Record<string, string>> = { "{": "}", "[": "]" };

/**
 * Divides a line into words, as in a shell but kinder to JSON: at white space that is not inside quotes, braces or brackets.
 *
 * `add [1, 2] {"a": "b c"} name='two words'` has four words. Single quotes vanish with what they do, double quotes at the start
 * of a value stay: they are JSON's.
 *
 * @throws UsageError when something is not closed
 */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let at = 0;
  while (at < line.length) {
    if (isSpace(line[at])) {
      at++;
      continue;
    }
    let word = "";
    while (at < line.length && !isSpace(line[at])) {
      const end = endOf(line, at);
      const piece = line.slice(at, end);
      word += piece.startsWith("'") ? piece.slice(1, -1) : piece;
      at = end;
    }
    words.push(word);
  }
  return words;
}

/** Where what starts at `at` ends: a quoted text, a bracket with all in it, or a character. */
function endOf(line: string, at: number): number {
  const first = line[at] ?? "";
  if (first === "'") return endOfSingle(line, at);
  if (first === '"') return endOfString(line, at);
  return first in CLOSING ? endOfNested(line, at) : at + 1;
}

function endOfSingle(line: string, start: number): number {
  const end = line.indexOf("'", start + 1);
  if (end < 0) throw new UsageError("a ' is not closed");
  return end + 1;
}

function endOfString(line: string, start: number): number {
  for (let at = start + 1; at < line.length; at++) {
    if (line[at] === "\\") at++;
    else if (line[at] === '"') return at + 1;
  }
  throw new UsageError('a " is not closed');
}

function endOfNested(line: string, start: number): number {
  const open: string[] = [];
  let at = start;
  while (at < line.length) {
    const character = line[at] ?? "";
    if (character === '"') {
      at = endOfString(line, at);
      continue;
    }
    at++;
    const closing = CLOSING[character];
    if (closing !== undefined) open.push(closing);
    else if (character === open.at(-1)) open.pop();
    if (open.length === 0) return at;
  }
  throw new UsageError(`a ${line[start]} is not closed`);
}

function isSpace(character: string | undefined): boolean {
  return character === " " || character === "\t";
}
