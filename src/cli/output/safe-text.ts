/*
 * What a terminal obeys, or what turns around the order of what it shows: C0 and C1 controls, DEL, the bidirectional controls
 * and the separators of lines and paragraphs. Texts of others must not reach it with any of them.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const commanding = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A text that somebody else wrote, with what a terminal would obey written as `\uXXXX`. */
export function safeText(text: string): string {
  return text.replace(commanding, escaped);
}

/** The same, of a text of several lines. */
export function safeLines(text: string): string {
  return text.replace(commanding, (character) =>
    character === "\n" || character === "\t" ? character : escaped(character),
  );
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
