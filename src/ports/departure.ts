/** How the other side has gone. */
export interface End {
  readonly reason: Error;
  /** Whether it went as it should. */
  readonly orderly: boolean;
}

/* How long the second part is waited for, in ms. They come together, if both come. */
const PARTS_MS = 200;

/**
 * A thread or process that ends is heard of in two parts, in any order: it exits, which says why, and its line closes,
 * behind all that it said last. This waits for both, or not too long.
 */
export class Departure {
  readonly #conclude: (end: End) => void;
  #line: End | undefined;
  #exit: End | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(conclude: (end: End) => void) {
    this.#conclude = conclude;
  }

  /** Nothing more can come from it. */
  lineClosed(reason: Error): void {
    this.#line ??= { reason, orderly: false };
    this.#wait();
  }

  exited(end: End): void {
    this.#exit ??= end;
    this.#wait();
  }

  /** It does not matter any more. */
  forget(): void {
    clearTimeout(this.#timer);
  }

  #wait(): void {
    const end = this.#exit ?? this.#line;
    clearTimeout(this.#timer);
    if (this.#exit && this.#line) this.#conclude(this.#exit);
    else if (end) this.#timer = setTimeout(() => this.#conclude(end), PARTS_MS);
  }
}
