/** What a pace has to do with. */
export interface Paced {
  /** Whether nobody waits for what is not read meanwhile. */
  readonly mayPause: boolean;
  pause(): void;
  resume(): void;
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
 * Slows down the reading from a peer that asks for more than it can be sent: the answers of calls that take time cannot be
 * taken back once they are there, so not too many such calls are begun. What each will be answered with is guessed by what
 * its method's answers were like.
 */
export class Pace {
  readonly #guess: number;
  readonly #step: number;
  readonly #paced: Paced;
  #owed = 0;
  /** Over it, reading is put off. */
  #bound: number;
  /** How often in a row nothing was learnt. */
  #probes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param mark - the channel's high-water mark, in bytes; a quarter of it may be owed besides */
  constructor(mark: number, paced: Paced) {
    this.#step = mark / 4;
    this.#bound = this.#step;
    this.#guess = Pace.guessFor(mark);
    this.#paced = paced;
  }

  /** What a call counts for whose method was never answered. Not whole, so that it can be told from what is known. */
  static guessFor(mark: number): number {
    return Math.floor(mark / 4 / UNKNOWN) + 0.5;
  }

  owe(characters: number): void {
    this.#owed += characters;
    if (this.#owed <= this.#bound || this.#timer !== undefined || !this.#paced.mayPause) return;
    const isGuess = characters === this.#guess;
    this.#wait(isGuess ? () => 2 ** ++this.#probes : () => 1, (isGuess ? PROBE_MS : PATIENCE_MS) / TURNS, TURNS);
    this.#paced.pause();
  }

  settle(characters: number): void {
    this.#owed -= characters;
    this.#probes = 0;
    if (this.#owed > this.#bound - this.#step / 2) return;
    this.#bound = Math.max(this.#step, this.#owed + this.#step / 2);
    if (this.#timer !== undefined) this.#goOn();
  }

  /** From now on nothing is put off. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#bound = Number.POSITIVE_INFINITY;
  }

  #wait(times: () => number, ms: number, turns: number): void {
    this.#timer = setTimeout(() => {
      if (turns > 1) this.#wait(times, ms, turns - 1);
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
    this.#paced.resume();
  }
}
