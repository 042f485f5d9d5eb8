import type { Limits } from "../protocol/limits.ts";
import type { RequestBody } from "../protocol/serialize.ts";
import type { Version } from "../protocol/version.ts";
import type { Logger } from "../service/logger.ts";
import type { Channel } from "./channel.ts";
import type { CallOutcome } from "./errors/call-error.ts";
import { ClosedError } from "./errors/closed-error.ts";
import { ConnectionLostError } from "./errors/connection-lost-error.ts";
import type { DisconnectError } from "./errors/disconnect-error.ts";
import { excess, isSettled, type Outlet, textOf, type WaitingMessage } from "./outlet.ts";
import type { PendingCall, WhenFull } from "./pending-call.ts";
import type { PendingCalls } from "./pending-calls.ts";
import { RemoteCalls } from "./remote-calls.ts";
import { WaitingList } from "./waiting-list.ts";

/** What is needed to send. */
export interface OutgoingOptions {
  readonly limits: Limits;
  readonly pending: PendingCalls;
  readonly logger: Logger;
  readonly version: Version;
}

/** What a link says of its own accord: calls, notifications and batches, at once or when the pressure has fallen. */
export class Outgoing implements Outlet {
  readonly #channel: Channel;
  readonly #pending: PendingCalls;
  readonly #logger: Logger;
  readonly #batchLength: number;
  readonly #version: Version;
  /* What waits for the pressure to fall, and the cancels that go before it. Made with the first: on most links none does. */
  #waiting: WaitingList<WaitingMessage> | undefined;
  #cancels: RequestBody[] | undefined;
  #pressed = false;
  #notified = false;
  /** Why nothing goes out any more. */
  #ended: DisconnectError | undefined;
  #handOver: { readonly raw: Promise<void>; readonly told: Promise<void> } | undefined;

  constructor(channel: Channel, { limits, pending, logger, version }: OutgoingOptions) {
    this.#channel = channel;
    this.#pending = pending;
    this.#logger = logger;
    this.#batchLength = limits.batchLength;
    this.#version = version;
  }

  /**
   * What makes the calls that go out here.
   *
   * @param timeout - of those that have none of their own, in milliseconds, Infinity for none
   * @param whenFull - likewise, what they do while the channel is over its high-water mark
   */
  calls(timeout: number, whenFull: WhenFull | undefined): RemoteCalls {
    return new RemoteCalls({
      pending: this.#pending,
      outlet: this,
      logger: this.#logger,
      timeout,
      version: this.#version,
      whenFull,
    });
  }

  /** Whether the channel is over its high-water mark. */
  get pressed(): boolean {
    return this.#pressed;
  }

  get full(): boolean {
    return this.#pressed;
  }

  /** Whether a notification was ever sent. */
  get notified(): boolean {
    return this.#notified;
  }

  /** From now on everything waits. */
  press(): void {
    this.#pressed = true;
  }

  /** What waited goes, in order, until the channel is over its mark again. */
  release(): void {
    this.#pressed = false;
    for (const body of this.#cancels?.splice(0) ?? []) this.sendCancel(body);
    for (const message of this.#waiting?.takeAll() ?? []) this.sendMessage(message);
  }

  /** From now on nothing goes out. What waits is dropped: its calls are pending, and whoever ends the link rejects them. */
  end(reason: DisconnectError): void {
    this.#ended = reason;
    this.#cancels = undefined;
    this.#waiting = undefined;
  }

  sendCall(call: PendingCall, body: RequestBody): void {
    if (this.#ended) this.#pending.reject(call, lossOf(call, "not-sent", this.#ended));
    else if (this.#pressed) this.#wait({ batch: false, members: [{ call, body, notification: false }] });
    else call.ordinal = this.#channel.send(this.#version.requestText(call.id, body));
  }

  sendNotification(body: RequestBody): Promise<void> | undefined {
    if (this.#ended || this.#pressed) return undefined;
    this.#notified = true;
    this.#channel.send(this.#version.notificationText(body));
    return this.#handedOver();
  }

  /** Sends the notification that cancels a call. Nobody waits for it: if the connection ends first, so has the call. */
  sendCancel(body: RequestBody): void {
    if (this.#ended) return;
    if (this.#pressed) {
      this.#cancels ??= [];
      this.#cancels.push(body);
      return;
    }
    this.#notified = true;
    this.#channel.send(this.#version.notificationText(body));
  }

  sendMessage(message: WaitingMessage): void {
    if (this.#ended) {
      for (const { call } of message.members) this.#pending.reject(call, lossOf(call, "not-sent", this.#ended));
      return;
    }
    const error = excess(message, this.#batchLength);
    if (error) for (const { call } of message.members) this.#pending.reject(call, error);
    else if (this.#pressed) this.#wait(message);
    else this.#sendNow(message);
  }

  #wait(message: WaitingMessage): void {
    this.#waiting ??= new WaitingList<WaitingMessage>(isSettled);
    this.#waiting.add(message);
  }

  #sendNow({ batch, members }: WaitingMessage): void {
    const going = members.filter(({ call }) => call.pending);
    if (going.length === 0) return;
    const ordinal = this.#channel.send(textOf(batch, going, this.#version));
    for (const member of going) {
      const { call, notification } = member;
      member.body = "";
      if (!notification) {
        call.ordinal = ordinal;
        continue;
      }
      // From here on it is the channel's, and no timeout or signal can call it back.
      this.#notified = true;
      this.#pending.remove(call);
      this.#channel.handOver().then(
        () => call.resolve(undefined),
        (cause) => call.reject(this.#notHandedOver(call.method, cause)),
      );
    }
  }

  /** When the notifications sent so far are handed over; one promise for all that go in one write. */
  #handedOver(): Promise<void> {
    const raw = this.#channel.handOver();
    if (this.#handOver?.raw === raw) return this.#handOver.told;
    const told = raw.catch((cause) => {
      throw this.#notHandedOver("a notification", cause);
    });
    told.catch((error) => this.#logger.warn("notifications were not sent:", error));
    this.#handOver = { raw, told };
    return told;
  }

  #notHandedOver(method: string, cause: unknown): ConnectionLostError {
    return new ConnectionLostError(method, "not-sent", { cause: this.#ended ?? cause });
  }
}

/** What a call rejects with whose link has ended. */
export function lossOf(call: PendingCall, outcome: CallOutcome, cause: DisconnectError): Error {
  if (cause.kind === "closed") return new ClosedError(call.method, outcome, { cause });
  return new ConnectionLostError(call.method, outcome, { cause });
}
