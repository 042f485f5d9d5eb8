import { setMaxListeners } from "node:events";
import type { Channel } from "../../connection/channel.ts";
import type { Exchange } from "../../connection/exchange.ts";
import { PARSE_ERROR } from "../../protocol/error-object.ts";
import { errorText } from "../../protocol/serialize.ts";
import { receiver } from "../wire/raw-receiver.ts";
import { ask } from "./ask.ts";
import { refusalOf } from "./refusal.ts";
import type { Watch } from "./watch.ts";
import { withinTime } from "./within-time.ts";

/** Serves a channel by exchanges: each text is one, and its answer goes back when it comes. */
export class ExchangePump {
  /** Resolves when the channel is over. */
  readonly closed: Promise<void>;
  readonly #channel: Channel;
  readonly #exchange: Exchange;
  readonly #connection: number;
  readonly #watch: Watch;
  readonly #timeout: number;
  readonly #gone = new AbortController();
  #going = 0;
  #ended = false;
  #pressed = false;

  /** @param timeout - milliseconds for each answer, 0 for ever */
  constructor(channel: Channel, exchange: Exchange, connection: number, watch: Watch, timeout: number) {
    this.#channel = channel;
    this.#exchange = exchange;
    this.#connection = connection;
    this.#watch = watch;
    this.#timeout = timeout;
    // Each exchange that goes on listens for the end.
    setMaxListeners(0, this.#gone.signal);
    this.closed = new Promise((resolve) => {
      channel.open(
        receiver({
          message: (text) => void this.#pass(text),
          malformed: (violation) => {
            watch.note(connection, `the client sent bytes that are no message: ${violation.message}`);
            channel.send(errorText("null", PARSE_ERROR));
          },
          pressed: () => this.#press(true),
          drained: () => this.#press(false),
          ended: () => {
            this.#ended = true;
            this.#closeIfDone();
          },
          closed: () => {
            this.#gone.abort(new Error("the client has gone"));
            void exchange.close();
            resolve();
          },
        }),
      );
    });
  }

  close(): void {
    this.#channel.close();
  }

  async #pass(text: string): Promise<void> {
    this.#watch.passed(this.#connection, "client", text);
    this.#going++;
    this.#flow();
    const answer = await this.#answerTo(text);
    this.#going--;
    if (answer !== undefined) {
      this.#watch.passed(this.#connection, "target", answer);
      this.#channel.send(answer);
    }
    this.#flow();
    this.#closeIfDone();
  }

  async #answerTo(text: string): Promise<string | undefined> {
    try {
      return await withinTime(this.#timeout, this.#gone.signal, (signal) => ask(this.#exchange, text, signal));
    } catch (error) {
      if (!this.#gone.signal.aborted) {
        this.#watch.note(this.#connection, `the target did not answer: ${(error as Error).message}`);
      }
      return refusalOf(text, error);
    }
  }

  #press(pressed: boolean): void {
    this.#pressed = pressed;
    this.#flow();
  }

  /** Reads only as much as can be passed on; where nothing can be now, what is read is refused. */
  #flow(): void {
    const full = this.#going >= Math.max(1, this.#exchange.concurrency);
    if (this.#pressed || full) this.#channel.pause();
    else this.#channel.resume();
  }

  #closeIfDone(): void {
    if (this.#ended && this.#going === 0) this.#channel.close();
  }
}
