import type { MessageViolation } from "../connection/channel.ts";

/** What can be wrong with framed bytes, by name. */
export type FramingViolation =
  /** A length that starts with a superfluous 0, as in `03:abc,`. */
  | "leading-zero"
  /** A length with `+` or `-` before it. */
  | "sign"
  /** White space where a length was due. */
  | "space"
  /** Any other byte where a digit was due. */
  | "not-a-digit"
  /** A `:` with no length before it. */
  | "missing-length"
  /** Something other than `,` after the text. */
  | "missing-comma"
  /** A text longer than the limit. */
  | "too-long"
  /** The text's bytes are not UTF-8. The frames behind it can still be read. */
  | "not-utf8"
  /** The framing itself failed. */
  | "not-a-frame"
  /** The stream ended inside a frame. */
  | "truncated";

/** Bytes that are no frame. */
export class FramingError extends Error implements MessageViolation {
  override name = "FramingError";
  readonly violation: FramingViolation;
  /** Whether what is behind it is lost: not for `not-utf8`, whose frame was whole, nor for `truncated`, the end. */
  readonly fatal: boolean;

  constructor(violation: FramingViolation, message: string) {
    super(message);
    this.violation = violation;
    this.fatal = violation !== "not-utf8" && violation !== "truncated";
  }
}
