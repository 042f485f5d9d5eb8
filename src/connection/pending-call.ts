import type { Channel } from "./channel.ts";
import { CallAbortedError } from "./errors/call-aborted-error.ts";
import type { CallOutcome } from "./errors/call-error.ts";
import { CallTimeoutError } from "./errors/call-timeout-error.ts";

/** How a call or a notification is made. */
export interface CallOptions {
  /**
   * Milliseconds, dialling included, after which it rejects with a `CallTimeoutError`; 0 for never. For a
   * notification: the time it may wait to be sent. Default: the client's or connection's own `timeout`, 5,000.
   */
  readonly timeout?: number | undefined;
  /** Aborts it, whatever stage it is in, with a `CallAbortedError`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A call from the moment it is made until it is settled; also a notification for as long as it has to wait.
 */
export class PendingCall {
  readonly method: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Milliseconds; Infinity for none. */
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;

  /** Given by `PendingCalls`, unique among those pending. */
  id = 0;
  /** On the clock's scale. */
  deadline = Number.POSITIVE_INFINITY;
  settled = false;
  /** What it was sent by, and as which of the channel's texts; 0 while it was not. */
  channel: Channel | undefined;
  ordinal = 0;

  constructor(
    method: string,
    resolve: (result: unknown) => void,
    reject: (error: unknown) => void,
    timeout: number,
    signal: AbortSignal | undefined,
  ) {
    this.method = method;
    this.resolve = resolve;
    this.reject = reject;
    this.timeout = timeout;
    this.signal = signal;
  }

  sent(channel: Channel, ordinal: number): void {
    this.channel = channel;
    this.ordinal = ordinal;
  }

  /** What became of it if it ends now while its channel lives: what the channel has queued will go out. */
  get outcome(): CallOutcome {
    return this.ordinal === 0 ? "not-sent" : "unknown";
  }

  /** What became of it if its channel is lost now: what the channel has queued is lost with it. */
  get outcomeOfLoss(): CallOutcome {
    return this.channel && this.ordinal <= this.channel.handedOver ? "unknown" : "not-sent";
  }

  timeoutError(cause: unknown): CallTimeoutError {
    return new CallTimeoutError(this.method, this.timeout, this.outcome, cause === undefined ? undefined : { cause });
  }

  abortError(): CallAbortedError {
    return new CallAbortedError(this.method, this.outcome, { cause: this.signal?.reason });
  }
}
