import type { PeerInfo } from "../service/peer.ts";

/**
 * THE SEAM between JSON-RPC and whatever carries it: a duplex of whole JSON texts.
 *
 * A WebSocket or a message port is a channel by itself; a byte stream becomes one through a framing
 * (`FramedChannel`). The contract, on which `Connection` relies and which `test/conformance/channel.ts` checks:
 *
 * - Texts arrive whole, in order, each once, and none before `open` has returned. Nothing arrives after `closed`.
 * - `open` is called exactly once, by the owner; from then on the channel calls the receiver, never from inside
 *   a call of `send` (but for `pressed`).
 * - `send` never throws and never blocks. On a channel that is closing or closed it does nothing but count.
 * - `closed` is called exactly once, last, whoever ended the channel and however, also when it was broken before
 *   `open` (then soon after `open`).
 * - A receiver's callback never throws.
 */
export interface Channel {
  /** Who is on the other end. */
  readonly peer: PeerInfo;

  /** How many texts were handed to the connection underneath. What is sent and not yet handed over was not sent. */
  readonly handedOver: number;

  /** Bytes that were sent and have not left this process; an estimate that is never far off. */
  readonly queuedBytes: number;

  /**
   * A number that changes whenever the peer has taken something of what is queued, also a part of a text. Where there is none,
   * `handedOver` is looked at in its place.
   */
  readonly taken?: number;

  /**
   * Which message it is, counted from 1, of which a part has arrived; 0 when there is none, and while the channel is paused.
   * Where there is none, messages come whole.
   */
  readonly arriving?: number;

  /** Starts the flow of texts to the receiver. */
  open(receiver: ChannelReceiver): void;

  /**
   * Queues a text. It may be gathered with others of the same turn of the event loop before it is handed over.
   *
   * @returns its ordinal, counted from 1: it was handed over when `handedOver` has come up to it
   */
  send(text: string): number;

  /**
   * Resolves when everything sent so far was handed to the connection underneath (to the operating system, for a
   * socket; when the reader is slow, that waits for it). Rejects with the reason when it cannot be any more.
   */
  handOver(): Promise<void>;

  /** Stops the flow of texts at once, even between two texts that arrived together. */
  pause(): void;

  /** Lets it go on. What had arrived comes first; it may come before this returns. */
  resume(): void;

  /**
   * Ends the channel in good order: what was sent goes out first, then the peer is told; what still arrives is
   * thrown away. A peer that never reads can delay this for ever; `destroy` cuts it short.
   */
  close(): void;

  /** Ends the channel now. What was not handed over is lost. */
  destroy(reason?: Error): void;
}

/** What the owner of a {@link Channel} gives it to call. */
export interface ChannelReceiver {
  /** A whole text arrived. */
  message(text: string): void;
  /**
   * Bytes arrived that are no message. When the violation is fatal nothing more can arrive, and the channel closes as
   * `close` does once this returns: a last word is to be sent from inside it.
   */
  malformed(violation: MessageViolation): void;
  /**
   * More than the channel's high-water mark is queued. `drained` follows when the reader has caught up. This one may be
   * called from inside `send`.
   */
  pressed(): void;
  /** Less than half the high-water mark is queued, after it was over it. */
  drained(): void;
  /**
   * The peer will send no more. It may still read: what is owed to it can be sent, then `close` is due.
   *
   * @param why - what is known of it, if anything
   */
  ended(why?: Error): void;
  /** It is over. No reason means that it ended in good order. */
  closed(reason: Error | undefined): void;
}

/** Why bytes are no message. */
export interface MessageViolation extends Error {
  /** A stable name, for example `leading-zero`. */
  readonly violation: string;
  /** Whether all that follows is lost with it. */
  readonly fatal: boolean;
}
