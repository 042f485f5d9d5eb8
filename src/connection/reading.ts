import type { Debts } from "../service/waiting-calls.ts";
import type { Channel } from "./channel.ts";

/** What decides besides whether a peer may be left unread. */
export interface Reader {
  /** Whether the peer owes this side nothing. Two peers that both stopped reading would wait for ever. */
  readonly mayPause: boolean;
}

/* So many calls of methods that were never answered count for as much as there may be. */
const UNKNOWN = 32;
/* Milliseconds for which reading is put off at a time: until a method that nothing is known of may have shown what its answers
 * are like, and until such as are known to be large may have gone. More would make calls wait for ever that can end only
 * when later ones have come. */
const PROBE_MS = 20;
const PATIENCE_MS = 1_000;
/* That in so many turns of the event loop at least: in a busy process one may take as long as the whole. */
const TURNS = 10;

/**
 * Whether a peer is read from. There are two reasons not to, and it is read again when neither is left:
 *
 * - It reads too slowly itself: more than the channel's high-water mark is queued.
 * - It asks for more than it can be sent: the answers of calls that take time cannot be taken back once they are there,
 *   so not too many such calls are begun. What each will be answered with is guessed by what its method's answers were like.
 */
export class Reading implements Debts {
  readonly guess: number;
  readonly #channel: Channel;
  readonly #reader: Reader;
  readonly #step: number;
  #isPressed = false;
  /** Characters the peer is owed. */
  #owed = 0;
  /** Over it, reading is put off. */
  #bound: number;
  /** How often in a row nothing was learnt. */
  #probes = 0;
  /** There is one while reading is put off. */
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param mark - the channel's high-water mark, in bytes; a quarter of it may be owed besides */
  constructor(channel: Channel, mark: number, reader: Reader) {
    this.#channel = channel;
    this.#reader = reader;
    this.#step = mark / 4;
    this.#bound = this.#step;
    // Not whole, so that it can be told from what is known.
    this.guess = Math.floor(this.#step / UNKNOWN) + 0.5;
  }

  /** The channel is over its mark: nothing is read until it has drained. */
  press(): void {
    this.#isPressed = true;
    this.#channel.pause();
  }

  drained(): void {
    this.#isPressed = false;
    this.#goOnIfFree();
  }

  owe(characters: number): void {
    this.#owed += characters;
    if (this.#owed <= this.#bound || this.#timer !== undefined || !this.#reader.mayPause) return;
    const isGuess = characters === this.guess;
    this.#putOff(isGuess ? () => 2 ** ++this.#probes : () => 1, (isGuess ? PROBE_MS : PATIENCE_MS) / TURNS, TURNS);
    this.#channel.pause();
  }

  settle(characters: number): void {
    this.#owed -= characters;
    this.#probes = 0;
    if (this.#owed > this.#bound - this.#step / 2) return;
    this.#bound = Math.max(this.#step, this.#owed + this.#step / 2);
    if (this.#timer !== undefined) this.#goOn();
  }

  /** From now on nothing is put off, and nothing goes on: the channel is about to close. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#bound = Number.POSITIVE_INFINITY;
  }

  #putOff(times: () => number, ms: number, turns: number): void {
    this.#timer = setTimeout(() => {
      if (turns > 1) this.#putOff(times, ms, turns - 1);
      else this.#goOnBy(times());
    }, ms);
  }

  /** Nobody can wait for ever: so many times as much may be owed besides. */
  #goOnBy(times: number): void {
    this.#bound = this.#owed + times * this.#step;
    this.#goOn();
  }

  #goOn(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#goOnIfFree();
  }

  #goOnIfFree(): void {
    if (!this.#isPressed && this.#timer === undefined) this.#channel.resume();
  }
}
