import type { Channel, ChannelReceiver } from "../../connection/channel.ts";
import { PARSE_ERROR } from "../../protocol/error-object.ts";
import { errorText } from "../../protocol/serialize.ts";
import { OwedAnswers } from "../wire/owed-answers.ts";
import type { Watch } from "./watch.ts";
import type { WireRecord } from "./wire-log.ts";

type Side = WireRecord["from"];

/** One of the two channels of a bridge. */
interface End {
  readonly side: Side;
  readonly channel: Channel;
  /** What the other side owes this one. */
  readonly owed: OwedAnswers;
  ended: boolean;
  closed: boolean;
}

/**
 * Joins two channels: texts pass as they are, in both directions, each side no faster than the other reads.
 *
 * A channel has no half-close to pass on. So when one side has ended, both are closed once it has the answers it is owed.
 */
export class Bridge {
  /** Resolves when both sides are over. */
  readonly closed: Promise<void>;
  readonly #connection: number;
  readonly #timeout: number;
  readonly #watch: Watch;
  readonly #client: End;
  readonly #target: End;
  #over: () => void = () => {};
  #drain: NodeJS.Timeout | undefined;

  /**
   * Opens both channels.
   *
   * @param timeout - milliseconds for the answers that are owed to a side that has ended, 0 for ever
   */
  constructor(client: Channel, target: Channel, connection: number, watch: Watch, timeout: number) {
    this.#connection = connection;
    this.#timeout = timeout;
    this.#watch = watch;
    this.#client = endOf("client", client);
    this.#target = endOf("target", target);
    this.closed = new Promise((resolve) => {
      this.#over = resolve;
    });
    client.open(this.#receiver(this.#client, this.#target));
    target.open(this.#receiver(this.#target, this.#client));
  }

  /** Ends it in good order: what has passed goes out. */
  close(): void {
    this.#client.channel.close();
    this.#target.channel.close();
  }

  #receiver(here: End, there: End): ChannelReceiver {
    return {
      message: (text) => {
        this.#watch.passed(this.#connection, here.side, text);
        here.owed.asked(text);
        there.owed.answered(text);
        there.channel.send(text);
        this.#closeIfDone();
      },
      malformed: (violation) => {
        this.#watch.note(this.#connection, `the ${here.side} sent bytes that are no message: ${violation.message}`);
        if (here.side === "client") here.channel.send(errorText("null", PARSE_ERROR));
      },
      // What waits for this side must not grow: the other is read again when this one has caught up.
      pressed: () => there.channel.pause(),
      drained: () => there.channel.resume(),
      ended: () => {
        here.ended = true;
        this.#closeIfDone();
        this.#boundDrain();
      },
      closed: (reason) => {
        here.closed = true;
        if (reason)
          this.#watch.note(this.#connection, `the connection to the ${here.side} was lost: ${reason.message}`);
        // Nobody is left to write to, so nothing may hold up the end either.
        there.channel.resume();
        there.channel.close();
        if (!there.closed) return;
        clearTimeout(this.#drain);
        this.#over();
      },
    };
  }

  /** What has ended does not wait for its answers for ever. */
  #boundDrain(): void {
    if (this.#timeout === 0 || this.#drain || this.#isDone) return;
    this.#drain = setTimeout(() => {
      this.#watch.note(this.#connection, `what was owed was not answered within ${this.#timeout} ms of the end`);
      this.close();
    }, this.#timeout);
  }

  #closeIfDone(): void {
    if (this.#isDone) this.close();
  }

  get #isDone(): boolean {
    const [client, target] = [this.#client, this.#target];
    // Who has ended will say nothing any more of what it owes.
    if (client.ended && target.ended) return true;
    return (client.ended && client.owed.none) || (target.ended && target.owed.none);
  }
}

function endOf(side: Side, channel: Channel): End {
  return { side, channel, owed: new OwedAnswers(), ended: false, closed: false };
}
