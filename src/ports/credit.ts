/* A port takes in whatever it is given. So at most so many characters, or one text, are on their way that the other end
 * has not acknowledged; it does so in portions. */
const WINDOW = 256 * 1_024;
const PORTION = WINDOW / 4;

/** How much two ends of a port that know each other let be on its way, in characters: this end's account of both directions. */
export class Credit {
  /** What was posted, and the other end has not acknowledged. */
  #onTheWay = 0;
  /** What was taken in, and this end has not acknowledged. */
  #takenIn = 0;

  /** How much more may be posted. One text that is longer may, too, where there is any room. */
  get room(): number {
    return WINDOW - this.#onTheWay;
  }

  posted(characters: number): void {
    this.#onTheWay += characters;
  }

  /** The other end has taken in so much. */
  acknowledged(characters: number): void {
    this.#onTheWay = Math.max(0, this.#onTheWay - characters);
  }

  /** What was posted so far may have been lost, and is not waited for. */
  forget(): void {
    this.#onTheWay = 0;
  }

  tookIn(characters: number): void {
    this.#takenIn += characters;
  }

  /** Whether there is enough to acknowledge. */
  get isDue(): boolean {
    return this.#takenIn >= PORTION;
  }

  /** How much there is to acknowledge. It is taken to be said. */
  takeDue(): number {
    const due = this.#takenIn;
    this.#takenIn = 0;
    return due;
  }
}
