import type { PeerInfo } from "../service/peer.ts";
import type { Channel } from "./channel.ts";

/**
 * THE OTHER SEAM, for what cannot push: one text out, at most one text back, any number of times and at once. HTTP is
 * one, and so is a broker's request and reply. What carries texts both ways is a `Channel`.
 *
 * The contract, on which clients rely and which `test/conformance/exchange.ts` checks:
 *
 * - An exchange settles exactly once. It rejects with an `ExchangeError`, which says what can have become of the text,
 *   or, when its signal aborts, with whatever it likes, soon after.
 * - What one exchange does is no matter of another.
 * - Nothing is executed twice, and an answer is never longer than the limit on message bytes the exchange was made with.
 */
export interface Exchange {
  /** Who is on the other end. */
  readonly peer: PeerInfo;

  /**
   * How many exchanges may go on at once; whoever has more keeps them. It may change, down to none for as long as
   * nothing could be sent.
   */
  readonly concurrency: number;

  /** Set by whoever uses it where `concurrency` can change; called when there is room again. */
  onRoom?: (() => void) | undefined;

  /**
   * Whether a call needs a timeout, since nobody tells when the peer dies under it. One without is refused, and not
   * sent. Default: it needs none.
   */
  readonly needsTimeout?: boolean;

  /**
   * Sends a text and waits for the answer.
   *
   * @returns the answer's text; `undefined` when the peer took the text and says nothing
   * @throws ExchangeError, as a rejection
   */
  exchange(text: string, options: ExchangeOptions): Promise<string | undefined>;

  /** Resolves when it can carry no more: with the reason if it was lost, with nothing after `close`. */
  readonly closed: Promise<Error | undefined>;

  /**
   * Told that who answered is closing: where there are others who can answer, they come first from now on.
   *
   * @param signal - of the exchange that was answered so
   */
  avoid?(signal: AbortSignal): void;

  /**
   * Puts it away. Called once, when no exchange goes on.
   *
   * @returns nothing, or a promise that resolves when it is over, and never rejects
   */
  close(): void | Promise<void>;
}

/** What an exchange is told of its text. */
export interface ExchangeOptions {
  /** Gives it up: nobody wants the answer any more, and the peer is to be told so if that is possible. */
  readonly signal: AbortSignal;
  /**
   * Tells of the same, once and with the signal's reason, those who are quicker than a signal is made: one that nobody looks
   * at is not made at all. Not yet given up when the exchange begins. Default: there is only the signal.
   */
  whenGivenUp?(tell: (reason: unknown) => void): void;
  /**
   * To be called when the text has gone: no failure is `unreachable` from then on, so that nobody keeps it for another
   * attempt. A carrier that does not know need not.
   */
  sent?(): void;
  /** Whether there is a call in the text. Without one, whatever the peer answers in good order is well. */
  readonly expectsAnswer: boolean;
  /** The method, where the text is one call or one notification: some carriers send by it. */
  readonly method?: string | undefined;
}

/** Which of the two seams something is. */
export function isExchange(carrier: Channel | Exchange): carrier is Exchange {
  return "exchange" in carrier;
}

/** How texts of peers that cannot be called are served: a server's side of the seam. */
export type ServeExchange = (text: string, caller: ExchangeCaller) => string | undefined | Promise<string | undefined>;

/** Who sent a text. */
export interface ExchangeCaller {
  readonly peer: PeerInfo;
  /** Whether nothing tells apart who asks here, so that to the service they are one caller. Default: each text has its own. */
  readonly isAnyone?: boolean;
  /** Aborts when the peer has left before it was answered; `undefined` where nobody would tell. */
  readonly signal: AbortSignal | undefined;
}
