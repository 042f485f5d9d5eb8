/*
 * Names of methods as subjects. NATS splits a subject at its dots into tokens, none of which may be empty, and takes `*` and
 * `>` for wildcards. https://docs.nats.io/nats-concepts/subjects
 */

/* What a token may show as it is: RFC 3986, section 2.3, without the full stop, which separates. */
const PLAIN = /^[A-Za-z0-9_~-]+(?:\.[A-Za-z0-9_~-]+)*$/;
const ESCAPED = /[^A-Za-z0-9_~-]/gu;

/* An empty token. Percent-encoding never leaves a percent sign alone. */
const EMPTY = "%";

/** A subject's length in bytes up to which methods have subjects of their own: brokers refuse lines of 4,096 bytes. */
export const MAX_SUBJECT = 1_024;

/**
 * The subject on which a method is called: its name's parts behind the prefix, all but letters, digits, `-`, `_` and `~`
 * percent-encoded as UTF-8, and an empty part written as `%`. No two names of one prefix have the same.
 *
 * @param prefix - a subject itself, without wildcards
 * @returns the prefix alone when it would be longer than {@link MAX_SUBJECT}: whoever serves that takes any call
 */
export function methodSubject(prefix: string, method: string): string {
  const tokens = PLAIN.test(method) ? method : method.split(".").map(tokenOf).join(".");
  // What is escaped is ASCII, so its length is that in bytes.
  return prefix.length + 1 + tokens.length > MAX_SUBJECT ? prefix : `${prefix}.${tokens}`;
}

function tokenOf(part: string): string {
  return part === "" ? EMPTY : part.replace(ESCAPED, (character) => percentEncoded(character.codePointAt(0) as number));
}

/** A code point's UTF-8, percent-encoded; for half a surrogate pair, which has none, what it would be. */
function percentEncoded(code: number): string {
  if (code < 0x80) return byte(code);
  if (code < 0x800) return byte(0xc0 | (code >> 6)) + continuation(code);
  if (code < 0x10000) return byte(0xe0 | (code >> 12)) + continuation(code >> 6) + continuation(code);
  return byte(0xf0 | (code >> 18)) + continuation(code >> 12) + continuation(code >> 6) + continuation(code);
}

function continuation(bits: number): string {
  return byte(0x80 | (bits & 0x3f));
}

function byte(value: number): string {
  return `%${value.toString(16).toUpperCase().padStart(2, "0")}`;
}
