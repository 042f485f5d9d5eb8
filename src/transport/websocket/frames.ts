import { Buffer } from "node:buffer";
import { randomFillSync } from "node:crypto";
import { MORE } from "../../framing/text.ts";

/* The most that stands before a frame's payload: two bytes, eight of length, four of mask. */
const LONGEST_HEAD = 14;

/* FIN and the opcode of a text (RFC 6455, section 5.2). */
const WHOLE_TEXT = 0x81;
const MASKED = 0x80;

/* Masks have to be strong random numbers (section 10.3), which cost less when many are drawn at once. */
const masks = Buffer.alloc(8_192);
let drawn = masks.length;

/* A mask, and the same four bytes as one number of this machine's byte order. */
const turned = new Uint8Array(4);
const word = new Int32Array(turned.buffer);

function writeMask(frames: Buffer, at: number): number {
  if (drawn === masks.length) {
    randomFillSync(masks);
    drawn = 0;
  }
  masks.copy(frames, at, drawn, drawn + 4);
  drawn += 4;
  return at + 4;
}

/**
 * Texts as frames, one behind the other in one piece, so that they go out in one write. `ws` would make two writes of
 * each, and mask byte by byte.
 *
 * @param masked - whether they are a client's, as section 5.3 has it
 */
export function textFrames(texts: readonly string[], masked: boolean): Buffer {
  // Most are ASCII, and counting bytes takes longer than writing them.
  const inCharacters = texts.every(looksAscii) && framesOf(texts, texts.map(charactersOf), masked);
  return inCharacters || (framesOf(texts, texts.map(bytesOf), masked) as Buffer);
}

const charactersOf = (text: string) => text.length;
const bytesOf = (text: string) => Buffer.byteLength(text);

/* What is not, mostly shows that soon. */
const LOOK = 1_024;

function looksAscii(text: string): boolean {
  return text.length < LOOK || Buffer.byteLength(text.substring(0, LOOK)) === LOOK;
}

/**
 * @param lengths - of the texts, in bytes
 * @returns `undefined` when a text has more
 */
function framesOf(texts: readonly string[], lengths: readonly number[], masked: boolean): Buffer | undefined {
  const most = lengths.reduce((sum, length) => sum + length + LONGEST_HEAD, MORE);
  const frames = Buffer.allocUnsafe(most);
  let end = 0;
  for (const [at, text] of texts.entries()) {
    const length = lengths[at] as number;
    end = writeHead(frames, end, length, masked ? MASKED : 0);
    if (masked) end = writeMask(frames, end);
    if (frames.write(text, end, length + MORE, "utf8") !== length) return undefined;
    if (masked) applyMask(frames, end - 4, end, end + length);
    end += length;
  }
  return frames.subarray(0, end);
}

function writeHead(frames: Buffer, start: number, length: number, masked: number): number {
  frames[start] = WHOLE_TEXT;
  if (length < 126) {
    frames[start + 1] = masked | length;
    return start + 2;
  }
  if (length < 65_536) {
    frames[start + 1] = masked | 126;
    return frames.writeUInt16BE(length, start + 2);
  }
  frames[start + 1] = masked | 127;
  frames.writeUInt32BE(Math.floor(length / 2 ** 32), start + 2);
  return frames.writeUInt32BE(length % 2 ** 32, start + 6);
}

/** Eight at a time: one by one takes three times as long. */
function turn(words: Int32Array, key: number): void {
  let at = 0;
  for (const last = words.length - 7; at < last; at += 8) {
    words[at] = (words[at] as number) ^ key;
    words[at + 1] = (words[at + 1] as number) ^ key;
    words[at + 2] = (words[at + 2] as number) ^ key;
    words[at + 3] = (words[at + 3] as number) ^ key;
    words[at + 4] = (words[at + 4] as number) ^ key;
    words[at + 5] = (words[at + 5] as number) ^ key;
    words[at + 6] = (words[at + 6] as number) ^ key;
    words[at + 7] = (words[at + 7] as number) ^ key;
  }
  for (; at < words.length; at++) words[at] = (words[at] as number) ^ key;
}

/**
 * Four bytes at a time, where they are four in memory too, and the rest one by one.
 *
 * @param mask - where the mask is
 */
function applyMask(bytes: Buffer, mask: number, start: number, end: number): void {
  const maskByte = (at: number) => {
    bytes[at] = (bytes[at] as number) ^ (bytes[mask + ((at - start) & 3)] as number);
  };
  let at = start;
  for (; at < end && (bytes.byteOffset + at) % 4 !== 0; at++) maskByte(at);
  const count = (end - at) >> 2;
  if (count > 0) {
    for (let i = 0; i < 4; i++) turned[i] = bytes[mask + ((at - start + i) & 3)] as number;
    const key = word[0] as number;
    turn(new Int32Array(bytes.buffer, bytes.byteOffset + at, count), key);
  }
  for (at += count * 4; at < end; at++) maskByte(at);
}
