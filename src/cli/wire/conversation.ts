import { setMaxListeners } from "node:events";
import type { Channel } from "../../connection/channel.ts";
import { DialError } from "../../connection/errors/dial-error.ts";
import { ExchangeError } from "../../connection/errors/exchange-error.ts";
import { type Exchange, isExchange } from "../../connection/exchange.ts";
import { receiver } from "./raw-receiver.ts";
import { exchangeOptions } from "./replies.ts";

/**
 * Texts with a server, whatever carries them: what is sent goes out as it is, and what arrives is kept. Over exchanges each text
 * is one, and its answer arrives like any text.
 */
export class Conversation {
  /** What arrived, in order. */
  readonly texts: string[] = [];
  /** Why it broke, or why a text was not answered: bytes that are no message, a status of HTTP, a lost connection. */
  readonly troubles: string[] = [];
  /** Whether the server will say no more. */
  over = false;
  readonly #carrier: Channel | Exchange;
  readonly #address: string;
  readonly #watchers = new Set<() => void>();
  readonly #gone = new AbortController();
  #going = 0;
  /** Over exchanges, whether anybody is there shows only when something is sent. */
  #unreached: DialError | undefined;

  /** @param address - as errors name it */
  constructor(carrier: Channel | Exchange, address: string) {
    this.#carrier = carrier;
    this.#address = address;
    // Each exchange that goes on listens for the end.
    setMaxListeners(0, this.#gone.signal);
    if (isExchange(carrier)) return;
    carrier.open(
      receiver({
        message: (text) => {
          this.texts.push(text);
          this.#happened();
        },
        malformed: (violation) => this.#trouble(`bytes that are no message: ${violation.message}`),
        ended: () => {
          this.#end();
          void carrier.close();
        },
        closed: (reason) => {
          if (reason) this.troubles.push(reason.message);
          this.#end();
        },
      }),
    );
  }

  /** Whether the server can say something that it was not asked for. */
  get canPush(): boolean {
    return !isExchange(this.#carrier);
  }

  /** Whether a text is on its way whose exchange has not ended. */
  get going(): boolean {
    return this.#going > 0;
  }

  send(text: string): void {
    const carrier = this.#carrier;
    if (!isExchange(carrier)) {
      carrier.send(text);
      return;
    }
    this.#going++;
    carrier
      .exchange(text, exchangeOptions(text, this.#gone.signal))
      .then(
        (answer) => answer !== undefined && this.texts.push(answer),
        (error) => this.#failed(error),
      )
      .finally(() => {
        this.#going--;
        this.#happened();
      });
  }

  /**
   * Waits until something is so; it is looked at whenever something happens.
   *
   * @returns whether it is: `false` after `ms` milliseconds, or when the server will say no more
   * @throws DialError, as a rejection, when it turns out that nobody is there
   */
  until(isSo: () => boolean, ms: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (this.#unreached) {
          reject(this.#unreached);
          done(false);
        } else if (isSo()) done(true);
        else if (this.over) done(false);
      };
      const done = (so: boolean) => {
        clearTimeout(timer);
        this.#watchers.delete(look);
        resolve(so);
      };
      const timer = setTimeout(() => done(isSo()), ms);
      this.#watchers.add(look);
      look();
    });
  }

  close(): void {
    this.#gone.abort(new Error("the conversation is over"));
    void this.#carrier.close();
    this.#end();
  }

  #failed(error: Error): void {
    this.troubles.push(error.message);
    if (error instanceof ExchangeError && error.kind === "unreachable") {
      this.#unreached = new DialError(this.#address, { cause: error.cause ?? error });
    }
  }

  #trouble(what: string): void {
    this.troubles.push(what);
    this.#happened();
  }

  #end(): void {
    this.over = true;
    this.#happened();
  }

  #happened(): void {
    for (const look of [...this.#watchers]) look();
  }
}
