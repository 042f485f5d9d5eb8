import { deferred } from "../../connection/deferred.ts";
import { ExchangeError } from "../../connection/errors/exchange-error.ts";
import type { Exchange, ExchangeOptions } from "../../connection/exchange.ts";
import { isLongerThan } from "../../protocol/limits.ts";
import type { PeerInfo } from "../../service/peer.ts";
import { type Joined, part } from "./connect.ts";
import { Replies } from "./replies.ts";
import { methodSubject } from "./subject.ts";
import { Watch } from "./watch.ts";

/** How exchanges over a broker are made. */
export interface NatsExchangeOptions {
  readonly joined: Joined;
  /** The subject under which the methods have theirs. */
  readonly prefix: string;
  /** A subject for replies that nobody else has. */
  readonly inbox: string;
  readonly concurrency: number;
  /** How many bytes an answer may have. */
  readonly messageBytes: number;
}

/** Something that nobody replies to. */
interface Told {
  readonly subject: string;
  /** Why the broker has not taken it. */
  denied: Error | undefined;
}

/** Exchanges that are requests by a broker. What is said without a call in it is published, and nobody replies. */
export class NatsExchange implements Exchange {
  readonly peer: PeerInfo = { transport: "nats" };
  readonly needsTimeout = true;
  readonly closed: Promise<Error | undefined>;
  onRoom: (() => void) | undefined;
  readonly #options: NatsExchangeOptions;
  readonly #replies: Replies;
  readonly #watch: Watch;
  readonly #unwatch: () => void;
  readonly #end: (reason: Error | undefined) => void;
  /** The round trip to the broker that all that was published since the last one waits for. */
  #flushing: Promise<void> | undefined;
  /** What was published and is not known to be taken. */
  readonly #told = new Set<Told>();

  constructor(options: NatsExchangeOptions) {
    const { joined, inbox, messageBytes } = options;
    const { promise, resolve } = deferred<Error | undefined>();
    this.#options = options;
    this.closed = promise;
    this.#end = resolve;
    this.#replies = new Replies(joined.nc, inbox, messageBytes, resolve);
    this.#watch = Watch.over(joined.nc);
    this.#unwatch = this.#watch.add({
      up: () => this.onRoom?.(),
      denied: (subject, error) => {
        this.#replies.denied(subject, error);
        for (const told of this.#told) if (told.subject === subject) told.denied = error;
      },
      full: (error) => {
        if (!this.#replies.isHeard) resolve(error);
      },
    });
    void joined.nc.closed().then((error) => resolve(error instanceof Error ? error : undefined));
  }

  /** None while the connection is down: what the official client takes then, it may throw away. */
  get concurrency(): number {
    return this.#watch.isUp ? this.#options.concurrency : 0;
  }

  exchange(text: string, options: ExchangeOptions): Promise<string | undefined> {
    const { joined, prefix } = this.#options;
    const { expectsAnswer, method } = options;
    if (!options.whenGivenUp && options.signal.aborted) return Promise.reject(options.signal.reason);
    const { max_payload: max = Number.POSITIVE_INFINITY } = joined.nc.info ?? {};
    if (isLongerThan(text, max)) {
      return Promise.reject(new ExchangeError("too-long", `it is longer than the broker's max_payload, ${max} bytes`));
    }
    const subject = method === undefined ? prefix : methodSubject(prefix, method);
    return expectsAnswer ? this.#replies.ask(text, subject, prefix, options) : this.#tell(text, subject);
  }

  close(): Promise<void> {
    const { joined } = this.#options;
    this.#unwatch();
    if (!joined.own) this.#replies.close();
    this.#end(undefined);
    return part(joined);
  }

  async #tell(text: string, subject: string): Promise<undefined> {
    const { nc } = this.#options.joined;
    try {
      nc.publish(subject, text);
    } catch (cause) {
      throw new ExchangeError("unreachable", (cause as Error).message, { cause });
    }
    const told: Told = { subject, denied: undefined };
    this.#told.add(told);
    try {
      await this.#taken();
    } catch (cause) {
      throw new ExchangeError("lost", (cause as Error).message, { cause });
    } finally {
      this.#told.delete(told);
    }
    const { denied } = told;
    if (denied) throw new ExchangeError("unreachable", denied.message, { cause: denied });
  }

  /** Resolves when the broker has taken what was published so far: one round trip for all of one turn. */
  #taken(): Promise<void> {
    this.#flushing ??= Promise.resolve().then(async () => {
      this.#flushing = undefined;
      await this.#options.joined.nc.flush();
      // What the broker said against it before is told in this turn.
      await new Promise((resolve) => setImmediate(resolve));
    });
    return this.#flushing;
  }
}
