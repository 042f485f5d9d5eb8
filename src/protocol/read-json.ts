import { closingQuote, hasAt } from "./scan.ts";

/*
 * What JSON.parse reads, where it can be had for less. To call it takes as long as most of what else becomes of a small
 * message, and many params and results are a few characters: a key, a number, `true`. Those are read here, and whatever
 * is not plainly one of them, or a list of them, JSON.parse reads.
 */

/*
 * V8 copies a substring up to twelve characters; what is longer refers to the text it was cut from, and keeps that alive. So
 * nothing is looked at that is longer than such a string in its quotes, or a list of it alone. No number then has
 * more digits than are exact.
 */
const LONGEST_VALUE = 14;
const LONGEST_LIST = 16;

const QUOTE = 0x22;
const COMMA = 0x2c;
const ZERO = 0x30;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Words that mean a value, by their first letters. */
const WORDS = new Map<number, { readonly word: string; readonly value: boolean | null }>(
  [true, false, null].map((value) => [String(value).charCodeAt(0), { word: String(value), value }]),
);

/** Where the last value that was read here has ended; of no meaning after what was none. */
let end = 0;

/**
 * What JSON.parse makes of a part of a text. The text should end not far behind it: where a value has no end, it is sought
 * there too, in vain.
 *
 * @throws SyntaxError when it is not JSON
 */
export function readJson(text: string, from: number, to: number): unknown {
  const length = to - from;
  if (length <= LONGEST_LIST) {
    let value: unknown;
    if (text.charCodeAt(from) === OPEN_BRACKET) value = readList(text, from + 1);
    else if (length <= LONGEST_VALUE) value = readValue(text, from);
    if (value !== undefined && end === to) return value;
  }
  return JSON.parse(text.substring(from, to));
}

/** Reads a list of values, without a space between; `undefined` when it is anything else. */
function readList(text: string, from: number): unknown[] | undefined {
  const list: unknown[] = [];
  for (let at = from; ; at = end + 1) {
    const value = readValue(text, at);
    if (value === undefined) return undefined;
    list.push(value);
    const after = text.charCodeAt(end);
    if (after === CLOSE_BRACKET) break;
    if (after !== COMMA) return undefined;
  }
  end++;
  return list;
}

/** Reads a short plain string, a whole number or a word; `undefined` when it is anything else. What follows it is not looked at. */
function readValue(text: string, from: number): string | number | boolean | null | undefined {
  const first = text.charCodeAt(from);
  if (first === QUOTE) return readString(text, from + 1);
  if (first >= ZERO && first <= ZERO + 9) return readNumber(text, from);
  const known = WORDS.get(first);
  if (!known) return undefined;
  end = from + known.word.length;
  return hasAt(text, known.word, from) ? known.value : undefined;
}

function readString(text: string, from: number): string | undefined {
  const quote = closingQuote(text, from);
  if (quote < 0) return undefined;
  end = quote + 1;
  return text.substring(from, quote);
}

function readNumber(text: string, from: number): number | undefined {
  let number = 0;
  let at = from;
  for (let digit = text.charCodeAt(at) - ZERO; digit >= 0 && digit <= 9; digit = text.charCodeAt(at) - ZERO) {
    number = number * 10 + digit;
    at++;
  }
  end = at;
  return at - from > 1 && text.charCodeAt(from) === ZERO ? undefined : number;
}
