/* `Buffer` is the global one: browsers load this file too. */

/* Up to here a body goes out in one piece with its head, which is copied for that. */
const LONG = 16 * 1_024;

/* Room for any one character: what has so much more room than characters takes as many bytes as those only if it is ASCII. */
const MORE = 4;

/**
 * A body as Node.js is to write it, as long as it has bytes: a string of ASCII, to be written as latin1, or UTF-8.
 *
 * To count the bytes of a long text takes longer than to write as many as it has characters and see whether that was all; and
 * bytes are not copied once more to stand behind the head.
 */
export function writtenBody(text: string): string | Buffer {
  if (text.length < LONG && Buffer.byteLength(text) === text.length) return text;
  const bytes = Buffer.allocUnsafe(text.length + MORE);
  const length = bytes.write(text, "utf8");
  return length === text.length ? bytes.subarray(0, length) : Buffer.from(text, "utf8");
}
