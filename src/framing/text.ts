import { type Buffer, isAscii, isUtf8 } from "node:buffer";
import { FramingError } from "./framing-error.ts";

/**
 * The text that UTF-8 bytes hold.
 *
 * @throws FramingError `not-utf8`: replacing what is wrong, as decoders like to, would hand on a message nobody sent
 */
export function textOf(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString("latin1");
  if (!isUtf8(bytes)) throw new FramingError("not-utf8", "the message is not UTF-8");
  return bytes.toString("utf8");
}
