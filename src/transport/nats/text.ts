import { Buffer } from "node:buffer";
import { ExchangeError } from "../../connection/errors/exchange-error.ts";
import { textOf } from "../../framing/text.ts";

/**
 * The text that a message's bytes hold.
 *
 * @param limit - in bytes
 * @throws ExchangeError `no-text`, when there are more or they are not UTF-8
 */
export function textOfBytes({ buffer, byteOffset, length }: Uint8Array, limit: number): string {
  if (length > limit) throw new ExchangeError("no-text", `it is longer than limits.messageBytes, ${limit}`);
  try {
    return textOf(Buffer.from(buffer, byteOffset, length));
  } catch (cause) {
    throw new ExchangeError("no-text", "it is not UTF-8", { cause });
  }
}
