/** How a connection ended, by name. */
export type DisconnectKind =
  /** This side closed it. */
  | "closed"
  /** The peer ended it in good order. */
  | "ended"
  /** It broke: reset, unreachable, cut for reading too slowly, … `cause` says what happened. */
  | "lost"
  /** What arrived was no message, and nothing behind it can be read. `cause` is the violation. */
  | "violation";

/** Why a connection can carry no more calls. */
export class DisconnectError extends Error {
  override name = "DisconnectError";
  readonly kind: DisconnectKind;

  constructor(kind: DisconnectKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
