import { isPlainText } from "./plain-text.ts";

/*
 * JSON text as JSON.stringify writes it, to the character, where it can be had for less: a call of that takes longer than a
 * look at a few characters or digits does. And before V8 13.8, that is up to Node.js 24, it looks at one character of a
 * string after the other: 1 MiB takes it a millisecond, as long as most of what else becomes of a message of that size.
 *
 * An array is asked for its elements more than once, which shows where they are getters, or it is a Proxy, that say
 * something else each time.
 */

/* Up to how many characters a string is short. What it was cut from lives as long as the text does that it goes into. */
const SHORT = 24;
/* From how many on a string is long: then it is worth a look whether it is plain, unless JSON.stringify is as fast. */
const LONG = isSlow() ? 512 : Number.POSITIVE_INFINITY;

function isSlow(): boolean {
  const { process } = globalThis as { process?: { readonly versions?: { readonly v8?: string } } };
  const [major = 0, minor = 0] = (process?.versions?.v8 ?? "99").split(".").map(Number);
  return major < 13 || (major === 13 && minor < 8);
}

/* Longer arrays are lists, and seldom of long strings. */
const MOST_ELEMENTS = 8;
const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LAST_OF_ASCII = 0x7f;

/** What JSON.stringify makes of a value. Made for params and results: most are small, and many a string is plain. */
export function jsonOf(value: unknown): string | undefined {
  if (typeof value === "string") return quote(value);
  if (!Array.isArray(value)) return wordOf(value) ?? JSON.stringify(value);
  if (hasToJson(value)) return JSON.stringify(value);
  // Asked once: what a Proxy says may differ each time, and be no number.
  const { length } = value;
  if (!Number.isInteger(length) || length > MOST_ELEMENTS) return JSON.stringify(value);
  return jsonOfShort(value, length) ?? jsonByElement(value, length) ?? JSON.stringify(value);
}

function quote(text: string): string {
  const isAsItIs = text.length <= SHORT ? isPlain(text) : text.length >= LONG && isPlainText(text);
  return isAsItIs ? `"${text}"` : JSON.stringify(text);
}

/** The JSON text of a small whole number, `true`, `false` or `null`; `undefined` for any other value. */
function wordOf(value: unknown): string | undefined {
  switch (typeof value) {
    case "number":
      return Number.isInteger(value) && value >= 0 && value < 1_000_000 ? numeral(value) : undefined;
    case "boolean":
      return value ? "true" : "false";
    default:
      return value === null ? "null" : undefined;
  }
}

/*
 * The last three digits of numbers. V8 keeps every number it wrote as text in a cache until a full collection. Numbers that
 * count up would fill that cache with texts nobody needs again, and each collection of young objects would carry
 * thousands of them over to the old ones. Of numbers below a thousand there are few.
 */
export const LAST_DIGITS = Array.from({ length: 1_000 }, (_, number) => String(number).padStart(3, "0"));

/** A whole number from 0 up as decimal digits. */
function numeral(number: number): string {
  if (number < 1_000) return String(number);
  return numeral(Math.floor(number / 1_000)) + LAST_DIGITS[number % 1_000];
}

/** The JSON text of an array of short plain strings and words; `undefined` for any other. */
function jsonOfShort(array: readonly unknown[], length: number): string | undefined {
  let json = "";
  for (let i = 0; i < length; i++) {
    const element = array[i];
    if (typeof element === "string") {
      if (element.length > SHORT || !isPlain(element)) return undefined;
      json += `${i === 0 ? '["' : ',"'}${element}"`;
    } else {
      const word = wordOf(element);
      if (word === undefined) return undefined;
      json += (i === 0 ? "[" : ",") + word;
    }
  }
  return json === "" ? undefined : `${json}]`;
}

/** As `isPlainText`, for short ones. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < SPACE || code > LAST_OF_ASCII || code === QUOTE || code === BACKSLASH) return false;
  }
  return true;
}

/** The JSON text of an array that is best written by element; `undefined` for any other. */
function jsonByElement(array: readonly unknown[], length: number): string | undefined {
  if (!isBestByElement(array, length)) return undefined;
  let json = "";
  // It may have no iterator, and a `toJSON` within may add to it.
  for (let i = 0; i < length; i++) {
    const element = array[i];
    const text = typeof element === "string" ? quote(element) : (JSON.stringify(element) ?? "null");
    json += i === 0 ? text : `,${text}`;
  }
  return `[${json}]`;
}

/** Whether an array has a long string among its elements, and it makes no difference to write these one by one. */
function isBestByElement(array: readonly unknown[], length: number): boolean {
  if (!hasLong(array, length)) return false;
  // A `toJSON` is told where its object stands.
  for (let i = 0; i < length; i++) if (hasToJson(array[i])) return false;
  return true;
}

function hasLong(array: readonly unknown[], length: number): boolean {
  for (let i = 0; i < length; i++) {
    const element = array[i];
    if (typeof element === "string" && element.length >= LONG) return true;
  }
  return false;
}

/** Whether it may say itself what JSON writes in its place. */
export function hasToJson(value: unknown): boolean {
  // Refused, unless somebody gave all of them one.
  if (typeof value === "bigint") return true;
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return false;
  return (value as { readonly toJSON?: unknown }).toJSON !== undefined;
}
