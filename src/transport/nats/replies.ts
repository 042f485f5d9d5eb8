import { ExchangeError } from "../../connection/errors/exchange-error.ts";
import type { ExchangeOptions } from "../../connection/exchange.ts";
import type { NatsConnection, NatsMessage, NatsSubscription } from "./official.ts";
import { textOfBytes } from "./text.ts";

/** What waits for a reply. */
interface Asked {
  readonly text: string;
  /** The subject it went to. */
  subject: string;
  /** Where it goes when nobody is there; `undefined` when it has gone there. */
  fallback: string | undefined;
  readonly resolve: (text: string | undefined) => void;
  readonly reject: (reason: unknown) => void;
  /** Settled, it is no longer to be given up. */
  readonly settled: (() => void) | undefined;
}

/* What a broker says to a request that nobody can get, in a reply without a body (ADR-4 of NATS). */
const NO_RESPONDERS = 503;

/* Enough for any service; names that are made up do not get there, for nobody replies on them. */
const MAX_SERVED = 10_000;

/**
 * Requests and their replies, all by one subscription. The official client's `request` does the same with a timer and a
 * stack trace for each, which are had here already, and cannot be given up.
 */
export class Replies {
  readonly #nc: NatsConnection;
  readonly #inbox: string;
  readonly #messageBytes: number;
  readonly #subscription: NatsSubscription;
  readonly #asked = new Map<string, Asked>();
  /** Subjects on which somebody has replied. */
  readonly #served = new Set<string>();
  #last = 0;
  #isHeard = false;

  /**
   * @param inbox - a subject nobody else listens under
   * @param messageBytes - how long a reply may be
   * @param failed - told when there will be no more replies
   */
  constructor(nc: NatsConnection, inbox: string, messageBytes: number, failed: (error: Error) => void) {
    this.#nc = nc;
    this.#inbox = `${inbox}.`;
    this.#messageBytes = messageBytes;
    const callback = (error: Error | null, message: NatsMessage) => {
      if (error) failed(error);
      else this.#replied(message);
    };
    this.#subscription = nc.subscribe(`${inbox}.*`, { callback });
  }

  /**
   * Sends a text and waits for the reply, for ever if need be.
   *
   * @param fallback - where to send it when nobody listens on the subject
   * @returns the reply; `undefined` for an empty one
   * @throws ExchangeError, or the reason why it was given up, as a rejection
   */
  ask(
    text: string,
    subject: string,
    fallback: string | undefined,
    options: ExchangeOptions,
  ): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const token = (++this.#last).toString(36);
      const settled = heed(options, (reason) => {
        this.#asked.delete(token);
        reject(reason);
      });
      this.#asked.set(token, { text, subject, fallback, resolve, reject, settled });
      this.#send(token, text, subject);
    });
  }

  /**
   * Rejects what went to a subject on which this side must not publish. If it might before, some of it may have arrived, and
   * it is left to its timeouts.
   */
  denied(subject: string, cause: Error): void {
    if (this.#served.has(subject)) return;
    for (const [token, asked] of this.#asked) {
      if (asked.subject === subject) this.#fail(token, new ExchangeError("unreachable", cause.message, { cause }));
    }
  }

  /** Whether anything has come: then the broker has taken the subscription. */
  get isHeard(): boolean {
    return this.#isHeard;
  }

  close(): void {
    if (!this.#nc.isClosed()) this.#subscription.unsubscribe();
  }

  #send(token: string, text: string, subject: string): void {
    try {
      this.#nc.publish(subject, text, { reply: this.#inbox + token });
    } catch (error) {
      const cause = error as Error;
      this.#fail(token, new ExchangeError("unreachable", cause.message, { cause }));
    }
  }

  /** Never throws: that would end the official client's reading. */
  #replied(message: NatsMessage): void {
    this.#isHeard = true;
    const token = message.subject.slice(this.#inbox.length);
    const asked = this.#asked.get(token);
    if (!asked) return;
    const { data } = message;
    if (data.length === 0) {
      this.#empty(token, asked, message);
      return;
    }
    this.#take(token);
    if (this.#served.size < MAX_SERVED) this.#served.add(asked.subject);
    try {
      asked.resolve(textOfBytes(data, this.#messageBytes));
    } catch (error) {
      asked.reject(error);
    }
  }

  #empty(token: string, asked: Asked, message: NatsMessage): void {
    let headers: NatsMessage["headers"];
    try {
      // They are read when somebody looks at them.
      headers = message.headers;
    } catch (cause) {
      this.#fail(token, new ExchangeError("no-text", "its headers are none", { cause }));
      return;
    }
    if (headers?.code === NO_RESPONDERS) {
      this.#nobody(token, asked);
      return;
    }
    this.#take(token);
    // How services of the official framework say that they failed.
    const failure = headers?.get("Nats-Service-Error-Code");
    if (failure) asked.reject(new ExchangeError("no-text", `it is a service's error ${failure.slice(0, 100)}`));
    else asked.resolve(undefined);
  }

  /** Nobody has got it, so it can go elsewhere. */
  #nobody(token: string, asked: Asked): void {
    const { fallback, subject } = asked;
    if (fallback === undefined || fallback === subject) {
      const message = `nobody serves it: there are no responders on the subject ${subject}`;
      this.#fail(token, new ExchangeError("unreachable", message, { cause: new Error(message) }));
      return;
    }
    asked.subject = fallback;
    asked.fallback = undefined;
    this.#send(token, asked.text, fallback);
  }

  #fail(token: string, error: ExchangeError): void {
    this.#take(token)?.reject(error);
  }

  /** What is to be settled now. */
  #take(token: string): Asked | undefined {
    const asked = this.#asked.get(token);
    this.#asked.delete(token);
    asked?.settled?.();
    return asked;
  }
}

/** Tells when an exchange is given up; returns what ends that, where it has to be ended. */
function heed(options: ExchangeOptions, giveUp: (reason: unknown) => void): (() => void) | undefined {
  if (options.whenGivenUp) {
    options.whenGivenUp(giveUp);
    return undefined;
  }
  const { signal } = options;
  const listener = () => giveUp(signal.reason);
  signal.addEventListener("abort", listener, { once: true });
  return () => signal.removeEventListener("abort", listener);
}
