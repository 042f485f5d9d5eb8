import { visible } from "./identifiers.ts";

/** Columns that a line may have. */
export const lineWidth = 120;

/** A comment of some lines, indented, with a line feed behind it; nothing when there are none. */
export function docComment(lines: readonly string[], indent: string): string {
  if (lines.length === 0) return "";
  const only = `${indent}/** ${lines[0]} */`;
  if (lines.length === 1 && only.length <= lineWidth && !lines[0]?.startsWith("@example")) return `${only}\n`;
  let inCode = false;
  const wrapped = lines.flatMap((line) => {
    if (/^\s*(```|~~~)/.test(line)) inCode = !inCode;
    return inCode ? [line] : wrap(line, lineWidth - indent.length - 3);
  });
  return [`${indent}/**`, ...wrapped.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`, ""].join("\n");
}

/**
 * The lines of a text that others wrote, such that they stay text: nothing in it ends the comment, starts a tag, or
 * hides or turns what stands around it.
 */
export function textLines(text: string | undefined): string[] {
  if (text === undefined || text.trim() === "") return [];
  const lines = visible(text)
    .replaceAll("*/", "*\\/")
    .split(/\r\n|\r|\n/)
    .map((line) =>
      line
        .trimEnd()
        .replaceAll("\t", "  ")
        .replace(/^(\s*)@/, "$1\\@"),
    );
  const first = lines.findIndex((line) => line !== "");
  return lines.slice(first, lines.findLastIndex((line) => line !== "") + 1);
}

/** A tag with a text that others wrote: `@param limit - How many.` */
export function tagLines(tag: string, text: string | undefined): string[] {
  const [first, ...others] = textLines(text);
  return first === undefined ? [] : [`${tag} ${first.trimStart()}`, ...others];
}

/** Paragraphs, with an empty line between them. */
export function paragraphs(...texts: readonly (readonly string[])[]): string[] {
  const some = texts.filter((lines) => lines.length > 0);
  return some.flatMap((lines, index) => (index === 0 ? lines : ["", ...lines]));
}

/** A value as JSON, for a comment; `undefined` when it is too long for one. */
export function jsonInComment(value: unknown): string | undefined {
  const json = visible(JSON.stringify(value)).replaceAll("*/", "*\\/");
  return json.length > lineWidth ? undefined : json;
}

/** Breaks a long line between words, unless its form means something: code, a table, a heading. */
function wrap(line: string, width: number): string[] {
  if (line.length <= width || /^(\s{2,}|\||#|```|~~~)/.test(line)) return [line];
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(" ")) {
    // A word that would mean something at the start of a line stays on its own one.
    const fits = current.length + 1 + word.length <= width || /^([-+*#>|@=]|\d+[.)]|```|~~~)/.test(word);
    if (current === "" || fits) {
      current += current === "" ? word : ` ${word}`;
    } else {
      lines.push(current);
      current = word;
    }
  }
  return [...lines, current];
}
