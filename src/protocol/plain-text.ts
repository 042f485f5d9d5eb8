/*
 * Many long strings are plain, such as base64: there is nothing in them that JSON escapes. To see that many characters at a
 * time takes a sixth of what JSON.stringify takes that looks at one after the other.
 */

/* What is to be escaped has mostly shown by here. */
const FIRST_LOOK = 256;
const ROOM = 32 * 1_024;
const SPACE = 0x20;
/* What it takes to look at a string: made when it is needed, as not all platforms have an encoder. */
let desk: ReturnType<typeof newDesk> | undefined;

function newDesk() {
  const bytes = new Uint8Array(ROOM);
  return { encoder: new TextEncoder(), bytes, words: new Int32Array(bytes.buffer) };
}

/** Whether it consists of characters that JSON, and UTF-8, have as they are: ASCII without controls, quotes and backslashes. */
export function isPlainText(text: string): boolean {
  for (let at = 0, end = FIRST_LOOK; at < text.length; at = end, end += ROOM) {
    const part = text.slice(at, end);
    if (part.includes('"') || part.includes("\\") || !isPrintable(part)) return false;
  }
  return true;
}

/** Whether there is only ASCII in it, and no control character. */
function isPrintable(part: string): boolean {
  desk ??= newDesk();
  const { encoder, bytes, words } = desk;
  const { read, written } = encoder.encodeInto(part, bytes);
  // Only ASCII takes as many bytes as it has code units. For all else at the end there may have been no room.
  if (written !== part.length || read !== written) return false;
  const end = (written + STRIDE - 1) & -STRIDE;
  bytes.fill(SPACE, written, end);
  return !hasControl(words, end / 4);
}

/* In bytes. */
const STRIDE = 32;
const SPACES = 0x20202020;
const HIGHEST_BITS = 0x80808080;

/**
 * Whether among characters of ASCII, four in a word, is one below the space. Taking a space from each goes below zero there,
 * which sets its highest bit, at least for the first of them in a word.
 *
 * @param count - how many words, a multiple of eight: eight at a time take half as long as one
 */
function hasControl(words: Int32Array, count: number): boolean {
  let seen = 0;
  for (let i = 0; i < count; i += 8) {
    seen |= below(words, i) | below(words, i + 1) | below(words, i + 2) | below(words, i + 3);
    seen |= below(words, i + 4) | below(words, i + 5) | below(words, i + 6) | below(words, i + 7);
  }
  return (seen & HIGHEST_BITS) !== 0;
}

function below(words: Int32Array, i: number): number {
  return (words[i] as number) - SPACES;
}
