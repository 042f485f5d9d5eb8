/*
 * Names of a document as names of TypeScript.
 */

/** Not to be used as a parameter's or a type's name: the reserved words, and those that mean something of their own. */
const reserved = new Set(
  (
    "break case catch class const continue debugger default delete do else enum export extends false finally for function " +
    "if import in instanceof new null return super switch this throw true try typeof var void while with yield " +
    "implements interface let package private protected public static await async arguments eval constructor " +
    "any unknown never string number boolean object symbol bigint undefined get set readonly asserts is keyof infer"
  ).split(" "),
);

/** Controls, separators of lines, and marks that turn the direction of what follows: none of them is seen. */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/gu;

/**
 * A letter of those that were letters in every version of Unicode that a compiler may know, from Latin, Greek, Cyrillic,
 * kana, Han and Hangul.
 */
const letter = "(?=[A-Za-z\\u00c0-\\u024f\\u0370-\\u052f\\u3041-\\u30fa\\u4e00-\\u9fa5\\uac00-\\ud7a3])\\p{L}";
const identifier = new RegExp(`^(?:${letter}|[$_])(?:${letter}|[$_0-9])*$`, "u");
const word = new RegExp(`(?:${letter}|[$0-9])+`, "gu");

export function isIdentifier(name: string): boolean {
  return identifier.test(name);
}

/** A string literal, in double quotes. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(unseen, escapedCharacter);
}

/** A text without characters that hide or turn what stands around them. */
export function visible(text: string): string {
  return text.replace(unseen, (character) => (/[\t\n\r]/.test(character) ? character : escapedCharacter(character)));
}

function escapedCharacter(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}

/** A member of an object or an interface: as it is where it can be and means nothing else, else in quotes. */
export function memberName(name: string): string {
  const isPlain = isIdentifier(name) && name !== "new" && name !== "constructor";
  return isPlain ? name : quoted(name);
}

/** A parameter's name: as it is where it can be, else `"Block hash"` is `blockHash`. */
export function parameterName(name: string): string {
  if (isIdentifier(name)) return reserved.has(name) ? `${name}_` : name;
  const [first = "", ...others] = words(name);
  return startingRight(first.charAt(0).toLowerCase() + first.slice(1) + others.map(capitalized).join("")) || "param";
}

/** A type's name: as it is where it is one with a capital letter, else `"block-hash"` is `BlockHash`. */
export function typeName(name: string): string {
  if (isIdentifier(name) && /^\p{Lu}/u.test(name)) return name;
  return startingRight(words(name).map(capitalized).join("")) || "Unnamed";
}

/** Whether it is a type's name as it is. */
export function isTypeName(name: string): boolean {
  return isIdentifier(name) && typeName(name) === name;
}

function words(name: string): string[] {
  return name.match(word) ?? [];
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function startingRight(name: string): string {
  const fitting = name === "" || isIdentifier(name) ? name : `_${name}`;
  return reserved.has(fitting) ? `${fitting}_` : fitting;
}

/** Gives names that were not given before: the second `Pet` is `Pet2`. */
export class UniqueNames {
  readonly #given = new Set<string>();

  take(name: string): string {
    let unique = name;
    for (let count = 2; this.#given.has(unique); count++) unique = `${name}${count}`;
    this.#given.add(unique);
    return unique;
  }
}
