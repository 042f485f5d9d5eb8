import type { Seated } from "../service/roster.ts";
import type { ExchangeOptions } from "./exchange.ts";
import type { WaitingMessage } from "./outlet.ts";
import type { PendingCall } from "./pending-call.ts";

/** A message whose exchange goes on, and what that exchange is told of it. */
export class Going implements ExchangeOptions, Seated {
  seat = -1;
  readonly message: WaitingMessage;
  /** Its calls that are not settled, by id. */
  readonly calls = new Map<number, PendingCall>();
  readonly notifications: PendingCall[] = [];
  readonly expectsAnswer: boolean;
  readonly method: string | undefined;
  /** How many of its members nobody has given up. */
  wanted: number;
  /** Most exchanges are never given up, and a signal costs more than all the rest of this. */
  #controller: AbortController | undefined;
  #givenUp = false;
  #reason: unknown;
  #tell: ((reason: unknown) => void) | undefined;
  #reject: ((reason: unknown) => void) | undefined;

  constructor(message: WaitingMessage) {
    const { members, batch } = message;
    this.message = message;
    for (const { call, notification } of members) {
      if (notification) this.notifications.push(call);
      else this.calls.set(call.id, call);
    }
    this.expectsAnswer = this.calls.size > 0;
    this.method = batch ? undefined : members[0]?.call.method;
    this.wanted = members.length;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#givenUp) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  whenGivenUp(tell: (reason: unknown) => void): void {
    this.#tell = tell;
  }

  sent(): void {
    for (const member of this.message.members) member.body = "";
  }

  /** Ends the waiting for it, also where an exchange does not heed its signal: it must not hold up others, nor the close. */
  giveUp(reason: unknown = new DOMException("This operation was aborted", "AbortError")): void {
    if (this.#givenUp) return;
    this.#givenUp = true;
    this.#reason = reason;
    this.#controller?.abort(reason);
    this.#tell?.(reason);
    this.#reject?.(reason);
  }

  /** What the exchange gives, unless it is given up first. */
  outcome<Answer>(exchange: Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      exchange.then(resolve, reject);
    });
  }
}
