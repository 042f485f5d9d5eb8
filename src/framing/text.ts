import node, { Buffer, isAscii, isUtf8 } from "node:buffer";
import { FramingError } from "./framing-error.ts";

/* Long texts are written here a part at a time, only to see how many bytes they take: counting them takes twice as long. */
const LONG = 4_096;
const ROOM = 64 * 1_024;
let scratch: Buffer | undefined;

/** Whether a text is ASCII, so that its length in bytes is that in characters. Joins what it was put together from. */
export function isAsciiText(text: string): boolean {
  if (text.length < LONG) return Buffer.byteLength(text) === text.length;
  scratch ??= Buffer.allocUnsafeSlow(ROOM + MORE);
  for (let at = 0; at < text.length; at += ROOM) {
    const part = text.length > ROOM ? text.substring(at, at + ROOM) : text;
    if (scratch.write(part, "utf8") !== part.length) return false;
  }
  return true;
}

/**
 * Room for any one character. What is written with so much more room than it has characters takes as many bytes as those only
 * if it is ASCII: else there are more bytes, or the next one had no room.
 */
export const MORE = 4;

/*
 * Before Node.js 24, bytes that are not all ASCII become text one by one, at up to 10 ns for each character. To make UTF-16 of them
 * first takes a fraction of that, but a microsecond more. A Node.js that was built without internationalization cannot.
 */
const transcode = Number.parseInt(process.versions.node, 10) < 24 ? node.transcode : undefined;
const WORTH_TRANSCODING = 1_024;

/**
 * The text that UTF-8 bytes hold.
 *
 * @throws FramingError `not-utf8`: replacing what is wrong, as decoders like to, would hand on a message nobody sent
 */
export function textOf(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString("latin1");
  if (!isUtf8(bytes)) throw new FramingError("not-utf8", "the message is not UTF-8");
  if (!transcode || bytes.length < WORTH_TRANSCODING) return bytes.toString("utf8");
  return transcode(bytes, "utf8", "utf16le").toString("utf16le");
}

/* What decoders put in the place of what is no UTF-8. */
const REPLACEMENT = "\ufffd";
/* From here on there may be a quicker way, and a view of the bytes costs little beside them. */
const SHORT = WORTH_TRANSCODING;

/**
 * The text that UTF-8 bytes hold, from one of them on up to another. A short one is decoded where it is: it comes with many
 * others, and a view of its bytes costs as much as itself. Only if it has a replacement character, its bytes are looked at.
 *
 * @throws FramingError `not-utf8`
 */
export function textWithin(bytes: Buffer, start: number, end: number): string {
  if (end - start < SHORT) {
    const text = bytes.toString("utf8", start, end);
    if (!text.includes(REPLACEMENT)) return text;
  }
  return textOf(bytes.subarray(start, end));
}
