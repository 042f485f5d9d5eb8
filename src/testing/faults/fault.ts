/** Whom bytes are on their way to. */
export type Side = "client" | "server";

/** Where in the bytes of a connection a fault strikes. */
export interface FaultPlace {
  /** Which of the two directions it strikes: that of the bytes on their way to the client, or to the server. */
  readonly towards: Side;
  /** How many more bytes pass in that direction before it strikes. Default: 0, it strikes at once. */
  readonly after?: number;
}

/** What can go wrong. */
export type FaultKind =
  /** Both ends see the connection closed, in the middle of whatever was on its way. */
  | { readonly kind: "cut" }
  /** Both ends see it reset (a TCP RST; over a Unix socket, where there is none, closed). */
  | { readonly kind: "reset" }
  /** The direction ends with a FIN, and the rest of it is lost; the other one goes on. */
  | { readonly kind: "half-close" }
  /**
   * Half-open: whoever the bytes come from is gone, and sees the connection closed; the other end is told nothing, and
   * hears nothing more.
   */
  | { readonly kind: "vanish" }
  /** Nothing is read in this direction for `ms` milliseconds, for ever without. What is sent meanwhile fills the buffers. */
  | { readonly kind: "stall"; readonly ms?: number }
  /** From here on every packet is held back for `ms` milliseconds. */
  | { readonly kind: "delay"; readonly ms: number }
  /** From here on packets have at most `bytes` bytes: 1 for byte by byte. */
  | { readonly kind: "split"; readonly bytes: number }
  /** These bytes come in between. */
  | { readonly kind: "garbage"; readonly bytes: Uint8Array };

/** One fault, and where it strikes. */
export type Fault = FaultPlace & FaultKind;

/**
 * Says what befalls the connections of a proxy.
 *
 * @param index - which connection it is, counted from 0
 */
export type FaultPlan = (index: number) => readonly Fault[];
