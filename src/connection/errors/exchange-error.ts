/** What can have become of the text of an exchange that failed. */
export type ExchangeFailure =
  /** The peer was not reached: the text was not sent. */
  | "unreachable"
  /** It is longer than what carries it takes: it was not sent, and will not be, however often it is tried. */
  | "too-long"
  /** It broke off: whether the peer has acted on the text only the peer knows. */
  | "lost"
  /** The peer answered with something that is no text for us. `cause` says more, where there is more. */
  | "no-text";

/** Why an exchange brought no text. Its `cause` is what the platform said. */
export class ExchangeError extends Error {
  override name = "ExchangeError";
  readonly kind: ExchangeFailure;

  constructor(kind: ExchangeFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
