/** What a `PortChannel` speaks through: strings and arrays of them, in order. One for each kind of port. */
export interface PortWire {
  /**
   * Whether the two ends have met by notes that only tsjason writes, so that each knows what the other is. Where they
   * have not, they may be anyone who speaks JSON-RPC in texts.
   */
  readonly meets: boolean;
  /** `apart` before the other end is there, `busy` while the platform still has much to write, `ready` for more. */
  readonly state: "apart" | "busy" | "ready";
  /** Called once, first. Nothing is told from inside it. */
  start(events: WireEvents): void;
  /** Never called while `apart`; while `busy` only for the few words that cannot wait. May throw. */
  post(message: string | readonly string[]): void;
  /** Calls back when the platform has written what was posted: at once, where that cannot be known. */
  whenWritten(action: () => void): void;
  /** Lets the port go. Nothing is told any more. Idempotent. */
  close(): void;
}

/** What a wire tells. */
export interface WireEvents {
  /** Its state is `ready` now. */
  ready(): void;
  /** Something arrived, whatever it is. */
  received(message: unknown): void;
  /** Something arrived that the platform could not read. */
  garbled(): void;
  /** The other end is gone in good order, behind all that arrived. */
  ended(why?: Error): void;
  /** The other end is gone. */
  broken(reason: Error): void;
}
