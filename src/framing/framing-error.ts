import type { MessageViolation } from "../connection/channel.ts";

/** What can be wrong with framed bytes, by name. `docs/framings.md` says which framing has which. */
export type FramingViolation =
  /** A netstring's length that starts with a superfluous 0, as in `03:abc,`. */
  | "leading-zero"
  /** A length with `+` or `-` before it. */
  | "sign"
  /** White space where a length was due. */
  | "space"
  /** Any other byte where a digit was due. */
  | "not-a-digit"
  /** No length where one was due: a netstring that starts with `:`, a header without a `Content-Length`. */
  | "missing-length"
  /** Something other than `,` after the text of a netstring. */
  | "missing-comma"
  /** A character in a header that has no place there; most often what arrives is no header at all. */
  | "bad-header"
  /** A line of a header that does not end in `\r\n`. */
  | "line-end"
  /** A `Content-Length` or a `Content-Type` that a header has twice. */
  | "duplicate-header"
  /** A header of more than 4,096 bytes. */
  | "header-too-long"
  /** A `Content-Type` whose charset is not UTF-8. */
  | "charset"
  /** An HTTP request where lines of JSON were due. */
  | "http"
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
  /** Whether what is behind it is lost. */
  readonly fatal: boolean;

  /**
   * @param fatal - default: `true`, but for `not-utf8`, whose frame was whole, and `truncated`, behind which nothing comes
   */
  constructor(
    violation: FramingViolation,
    message: string,
    fatal = violation !== "not-utf8" && violation !== "truncated",
  ) {
    super(message);
    this.violation = violation;
    this.fatal = fatal;
  }
}
