/*
 * Ids as they were written. JSON.parse makes 12345678901234567000 of 12345678901234567890 and Infinity of 1e400; an
 * answer must carry what the request carried. The texts given here are known to be JSON, so nothing is validated.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/* Sixteen digits, a fraction, an exponent or -0 after an "id" key, or a key that may be "id" in disguise. */
const suspicious = /"id"\s*:\s*(?:-?(?:\d{16}|\d+[.eE])|-0)|\\u006[49]/;

/** Whether any numeric id in the text could be written otherwise than `String(value)` would write it. */
export function mayHoldLongIds(text: string): boolean {
  return suspicious.test(text);
}

/** Where something stands in a text: from the one place up to the other. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** Where a message stands, and the value of its `id` in it. */
export interface MemberPlace extends Place {
  readonly id: Place | undefined;
}

/**
 * The texts of the `id` members of a message: one for a single message, one an element for a batch, in order;
 * `undefined` where there is none. As in JSON.parse, the last member of a name counts.
 */
export function rawIds(text: string): (string | undefined)[] {
  return memberPlaces(text).map(({ id }) => id && text.slice(id.start, id.end));
}

/** The places of a text's messages: one for a single message, one an element for a batch, in order. */
export function memberPlaces(text: string): MemberPlace[] {
  let at = skipSpace(text, 0);
  if (text.charCodeAt(at) !== OPEN_BRACKET) return [memberPlace(text, at)];
  const members: MemberPlace[] = [];
  do {
    const member = memberPlace(text, skipSpace(text, at + 1));
    members.push(member);
    at = skipSpace(text, member.end);
  } while (text.charCodeAt(at) === COMMA);
  return members;
}

/** The place of the value that begins at `start`. */
function memberPlace(text: string, start: number): MemberPlace {
  if (text.charCodeAt(start) !== OPEN_BRACE) return { start, end: skipValue(text, start), id: undefined };
  let id: Place | undefined;
  let at = skipSpace(text, start + 1);
  while (text.charCodeAt(at) !== CLOSE_BRACE) {
    const keyEnd = skipString(text, at);
    const isId = JSON.parse(text.slice(at, keyEnd)) === "id";
    const value = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const end = skipValue(text, value);
    if (isId) id = { start: value, end };
    at = skipSpace(text, end);
    if (text.charCodeAt(at) === COMMA) at = skipSpace(text, at + 1);
  }
  return { start, end: at + 1, id };
}

function skipSpace(text: string, at: number): number {
  while (isSpace(text.charCodeAt(at))) at++;
  return at;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function skipString(text: string, at: number): number {
  for (at++; ; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) at++;
  }
}

function skipValue(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first === QUOTE) return skipString(text, at);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return skipNested(text, at);
  while (at < text.length && !endsScalar(text.charCodeAt(at))) at++;
  return at;
}

function endsScalar(code: number): boolean {
  return code === COMMA || code === CLOSE_BRACE || code === CLOSE_BRACKET || isSpace(code);
}

function skipNested(text: string, at: number): number {
  let depth = 0;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = skipString(text, at);
      continue;
    }
    at++;
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++;
    else if ((code === CLOSE_BRACE || code === CLOSE_BRACKET) && --depth === 0) return at;
  }
}
