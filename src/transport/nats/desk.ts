import { Buffer, isUtf8 } from "node:buffer";
import type { ExchangeCaller } from "../../connection/exchange.ts";
import { INVALID_REQUEST, overLimit, PARSE_ERROR } from "../../protocol/error-object.ts";
import { isLongerThan } from "../../protocol/limits.ts";
import { errorText } from "../../protocol/serialize.ts";
import type { AcceptOptions } from "../transport.ts";
import { excuse } from "./excuse.ts";
import type { NatsConnection, NatsMessage } from "./official.ts";
import { isErrorAnswer, Tally } from "./tally.ts";
import { Watch } from "./watch.ts";

/* A broker does not say who asks, nor when they have left. */
const CALLER: ExchangeCaller = Object.freeze({
  peer: Object.freeze({ transport: "nats" }),
  isAnyone: true,
  signal: undefined,
});

/** What the framework gives its stats handler: an endpoint, with the figures it is about to tell. */
export interface CountedEndpoint {
  readonly subject: string;
  readonly stats?: object;
}

/** Serves messages of a broker and sends the answers. */
export class Desk {
  readonly #nc: NatsConnection;
  readonly #accept: AcceptOptions;
  readonly #watch: Watch;
  readonly #tallies = new Map<string, Tally>();
  /** Answers that are due while the connection is down: what the official client takes then, it may throw away. */
  readonly #held: (() => void)[] = [];
  /** Who waits for the connection to be down. */
  readonly #waiting: (() => void)[] = [];
  readonly #unwatch: () => void;
  /** That the broker has not taken all of the subscriptions. */
  #shortage: Error | undefined;
  #isOpen = false;

  constructor(nc: NatsConnection, accept: AcceptOptions) {
    this.#nc = nc;
    this.#accept = accept;
    this.#watch = Watch.over(nc);
    this.#unwatch = this.#watch.add({
      up: () => {
        for (const send of this.#held.splice(0)) send();
      },
      down: () => {
        for (const resolve of this.#waiting.splice(0)) resolve();
      },
      denied: (_subject, error) => accept.refused(error),
      full: (error) => {
        this.#shortage ??= error;
        if (this.#isOpen) accept.refused(error);
      },
    });
  }

  /**
   * All that was to be subscribed to is.
   *
   * @throws what the broker said, when it has not taken all of it
   */
  open(): void {
    if (this.#shortage) throw this.#shortage;
    this.#isOpen = true;
  }

  /** Nothing comes any more, and all is answered. */
  close(): void {
    this.#unwatch();
  }

  /** Resolves when nothing can come: at once if the connection is down, else when it goes. */
  get cutOff(): Promise<void> {
    if (!this.#watch.isUp || this.#nc.isClosed()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** What takes the messages of a subject. It never throws: that would end the official client's reading. */
  taker(subject: string): (message: NatsMessage) => void {
    const tally = new Tally();
    this.#tallies.set(subject, tally);
    return (message) => {
      const began = performance.now();
      try {
        const answer = this.#serve(message.data);
        if (answer instanceof Promise) void answer.then((text) => this.#answer(message, text, tally, began));
        else this.#answer(message, answer, tally, began);
      } catch (error) {
        this.#accept.refused(error as Error);
      }
    };
  }

  /**
   * Puts right what the services framework has counted: it takes the return of a callback for the answer, and knows no
   * errors of JSON-RPC.
   */
  correct(endpoint: CountedEndpoint): undefined {
    const tally = this.#tallies.get(endpoint.subject);
    if (tally && endpoint.stats) Object.assign(endpoint.stats, tally.figures);
  }

  #serve({ buffer, byteOffset, length }: Uint8Array): string | undefined | Promise<string | undefined> {
    const { messageBytes } = this.#accept.limits;
    if (length > messageBytes) return errorText("null", overLimit(INVALID_REQUEST, "messageBytes", messageBytes));
    const bytes = Buffer.from(buffer, byteOffset, length);
    return isUtf8(bytes) ? this.#accept.serve(bytes.toString(), CALLER) : errorText("null", PARSE_ERROR);
  }

  /** Whoever asked gets a reply, if only an empty one. */
  #answer(message: NatsMessage, text: string | undefined, tally: Tally, began: number): void {
    tally.add(performance.now() - began, text !== undefined && isErrorAnswer(text));
    if (message.reply === "") return;
    if (this.#watch.isUp) this.#send(message, text);
    else this.#held.push(() => this.#send(message, text));
  }

  #send(message: NatsMessage, text: string | undefined): void {
    const { max_payload: max = Number.POSITIVE_INFINITY } = this.#nc.info ?? {};
    try {
      if (text === undefined) message.respond();
      else message.respond(isLongerThan(text, max) ? excuse(text, max) : text);
    } catch (error) {
      this.#accept.refused(error as Error);
    }
  }
}
