import type { Channel } from "../../connection/channel.ts";
import { ExchangeError } from "../../connection/errors/exchange-error.ts";
import { METHOD_NOT_FOUND } from "../../protocol/error-object.ts";
import { batchText, errorText } from "../../protocol/serialize.ts";
import { OwedAnswers } from "../wire/owed-answers.ts";
import { receiver } from "../wire/raw-receiver.ts";
import { repliesTo } from "../wire/replies.ts";

/** An exchange that goes on over a channel. */
interface Going {
  readonly owed: OwedAnswers;
  readonly answers: string[];
  readonly settle: (answer: string | undefined) => void;
  readonly fail: (error: Error) => void;
}

/**
 * A channel that carries one exchange at a time, so that no id can meet another's. What else the far side says is told to
 * nobody: who sends a text over HTTP cannot be called.
 */
export class ChannelExchange {
  readonly #channel: Channel;
  readonly #note: (what: string) => void;
  #going: Going | undefined;
  #over = false;
  /** What it sent that was no message, in words. */
  #violation: string | undefined;

  constructor(channel: Channel, note: (what: string) => void) {
    this.#channel = channel;
    this.#note = note;
    channel.open(
      receiver({
        message: (text) => this.#received(text),
        malformed: ({ message }) => {
          this.#violation = `it sent bytes that are no message: ${message}`;
          note(this.#violation);
        },
        ended: () => channel.close(),
        closed: (reason) => {
          this.#over = true;
          const why = this.#violation ?? reason?.message ?? "the target closed the connection";
          this.#going?.fail(new ExchangeError("lost", why));
        },
      }),
    );
  }

  /** Whether another exchange can follow. */
  get reusable(): boolean {
    return !this.#over && this.#going === undefined;
  }

  /**
   * @param signal - gives it up; the channel is cut then, as the answer would pass for that of the next
   * @throws ExchangeError, as a rejection
   */
  async exchange(text: string, signal: AbortSignal): Promise<string | undefined> {
    const owed = new OwedAnswers();
    owed.asked(text);
    const giveUp = () => this.destroy();
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      return await new Promise<string | undefined>((settle, fail) => {
        if (!owed.none) this.#going = { owed, answers: [], settle, fail };
        this.#channel.send(text);
        if (owed.none) this.#channel.handOver().then(() => settle(undefined), fail);
      });
    } finally {
      this.#going = undefined;
      signal.removeEventListener("abort", giveUp);
    }
  }

  close(): void {
    this.#channel.close();
  }

  destroy(): void {
    this.#over = true;
    this.#channel.destroy(new Error("the exchange was given up"));
  }

  #received(text: string): void {
    const going = this.#going;
    if (!going?.owed.answered(text)) {
      const refusal = repliesTo(text, ({ id }) => errorText(id, METHOD_NOT_FOUND));
      if (refusal !== undefined && !refusal.includes('"id":null')) this.#channel.send(refusal);
      this.#note("the target said something that nobody can be told over HTTP");
      return;
    }
    going.answers.push(text);
    if (!going.owed.none) return;
    const [only = ""] = going.answers;
    // A server that answers a batch member by member.
    going.settle(going.answers.length === 1 ? only : batchText(going.answers));
  }
}
