import { Buffer } from "node:buffer";
import type { Random } from "../support/random.ts";

/* Pieces that mean something to one reader or another. */
const TOKENS = [
  ...[
    '{"jsonrpc":"2.0",',
    '"id":1',
    '"id":null',
    '"id":1.0',
    '"id":12345678901234567890',
    '"method":"echo"',
    '"id":"é"',
  ],
  ...['"method":"later"', '"params":[1,2]', '"params":{"a":1}', '"result":1', '"error":{"code":1,"message":"x"}', "}"],
  ...["[", "]", "{", "}", ",", ":", '"', "\\", "\\u0000", "\\ud800", "null", "true", "-0", "1e400", "0.1e-7", "[]"],
  ...[
    '"__proto__"',
    '"constructor"',
    '"rpc.x"',
    "\n",
    "\r\n",
    "\r\n\r\n",
    "\0",
    " ",
    "\ufeff",
    "é",
    "😀",
    "0:,",
    "2:[],",
  ],
  ...["Content-Length: 2\r\n\r\n", "Content-Type: x; charset=utf-8\r\n", "99999999999999999999:", "+1:", "POST "],
].map((token) => Buffer.from(token));

/** Bytes that are like others: parts taken out, put in, said twice, taken from elsewhere, flipped. */
export function mutated(random: Random, input: Uint8Array, corpus: readonly Uint8Array[]): Buffer {
  let bytes = Buffer.from(input);
  do {
    const from = random.below(bytes.length + 1);
    const to = Math.min(bytes.length, from + random.below(random.once(4) ? 200 : 6));
    bytes = Buffer.concat([
      bytes.subarray(0, from),
      replacement(random, bytes.subarray(from, to), corpus),
      tail(bytes, from, to, random),
    ]);
  } while (!random.once(3));
  return bytes.subarray(0, 1_500);
}

function tail(bytes: Buffer, from: number, to: number, random: Random): Buffer {
  return bytes.subarray(random.once(2) ? to : from);
}

function replacement(random: Random, piece: Buffer, corpus: readonly Uint8Array[]): Buffer {
  switch (random.below(6)) {
    case 0:
      return Buffer.alloc(0);
    case 1:
      return random.pick(TOKENS) ?? piece;
    case 2:
      return Buffer.concat([piece, piece]);
    case 3:
      return Buffer.from(piece.map((byte) => byte ^ (1 << random.below(8))));
    case 4:
      return Buffer.from([random.below(256)]);
    default: {
      const other = Buffer.from(random.pick(corpus) ?? piece);
      const at = random.below(other.length + 1);
      return other.subarray(at, at + random.below(60));
    }
  }
}
