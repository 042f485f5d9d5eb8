import type { Channel } from "../../connection/channel.ts";
import { type Exchange, type ExchangeCaller, isExchange } from "../../connection/exchange.ts";
import type { Door } from "../connect/listen.ts";
import { receiver } from "../wire/raw-receiver.ts";
import { Bridge } from "./bridge.ts";
import { ExchangePump } from "./exchange-pump.ts";
import { refusalOf } from "./refusal.ts";
import { TargetPool } from "./target-pool.ts";
import type { Watch } from "./watch.ts";
import { withinTime } from "./within-time.ts";

/** The signal of a peer whose leaving nobody would tell. */
const NEVER = new AbortController().signal;

/** Dials the target. */
export type DialTarget = (signal: AbortSignal) => Promise<Channel | Exchange>;

/** What a relay is told. */
export interface RelayOptions {
  readonly dial: DialTarget;
  readonly watch: Watch;
  /** Told of those who were not let in. */
  readonly refused: (error: Error) => void;
  /** Milliseconds for an answer, dialling included, 0 for ever. */
  readonly timeout: number;
}

/** What goes on between a client that came in and the target. */
interface Passage {
  readonly closed: Promise<void>;
  close(): void;
}

/**
 * Passes on what comes in at a door to a target, and back. Each connection that comes in gets one of its own to the target,
 * and each text over HTTP has one for itself, so that ids of different clients cannot meet.
 *
 * Exchanges have to be over in time. A connection that is bridged to another is not watched: who calls by it has a timeout,
 * and hears when it is lost.
 */
export class Relay implements Door {
  /** How many connections failed because the target could not be dialled. */
  failures = 0;
  readonly #options: RelayOptions;
  readonly #ending = new AbortController();
  readonly #passages = new Set<Passage>();
  readonly #coming = new Set<Promise<void>>();
  readonly #pool: TargetPool;
  #connections = 0;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#pool = new TargetPool(options.dial, (what) => options.watch.note(this.#connections, what));
  }

  accept(client: Channel): void {
    const coming = this.#join(client, ++this.#connections);
    this.#coming.add(coming);
    void coming.then(() => this.#coming.delete(coming));
  }

  readonly serve = async (text: string, { signal = NEVER }: ExchangeCaller): Promise<string | undefined> => {
    const connection = ++this.#connections;
    this.#options.watch.passed(connection, "client", text);
    const answer = await this.#answerTo(text, signal, connection);
    if (answer !== undefined) this.#options.watch.passed(connection, "target", answer);
    return answer;
  };

  refused(error: Error): void {
    this.#options.refused(error);
  }

  /** Resolves when nobody who came in is connected any more. */
  async idle(): Promise<void> {
    while (this.#coming.size > 0 || this.#passages.size > 0) {
      await Promise.all([...this.#coming, ...[...this.#passages].map(({ closed }) => closed)]);
    }
  }

  /** Ends all there is: what has passed goes out. */
  close(): Promise<void> {
    this.#ending.abort(new Error("the proxy is closing"));
    for (const passage of this.#passages) passage.close();
    this.#pool.close();
    return this.idle();
  }

  async #join(client: Channel, connection: number): Promise<void> {
    const { dial, watch, timeout } = this.#options;
    let target: Channel | Exchange;
    try {
      target = await dial(this.#ending.signal);
    } catch (error) {
      this.failures++;
      watch.note(connection, (error as Error).message);
      client.open(receiver({}));
      client.close();
      return;
    }
    const passage = isExchange(target)
      ? new ExchangePump(client, target, connection, watch, timeout)
      : new Bridge(client, target, connection, watch, timeout);
    this.#passages.add(passage);
    void passage.closed.then(() => this.#passages.delete(passage));
    // It may have come about while the proxy was closing.
    if (this.#ending.signal.aborted) passage.close();
  }

  async #answerTo(text: string, signal: AbortSignal, connection: number): Promise<string | undefined> {
    try {
      return await withinTime(this.#options.timeout, signal, (within) => this.#pool.exchange(text, within));
    } catch (error) {
      this.failures++;
      this.#options.watch.note(connection, (error as Error).message);
      return refusalOf(text, error);
    }
  }
}
