import { acknowledgement, HELLO } from "./control.ts";
import { Credit } from "./credit.ts";
import type { PortWire } from "./port-wire.ts";

/** The other end of a port: whether it is a channel like this one, and what the two then tell each other beside texts. */
export class FarEnd {
  readonly #wire: PortWire;
  readonly #credit = new Credit();
  #isKnown: boolean;
  #isGone = false;

  constructor(wire: PortWire) {
    this.#wire = wire;
    this.#isKnown = wire.meets;
  }

  /** Whether there is nobody to speak to any more. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** How many characters it may be sent now, or one text that is longer; 0 or less for none. */
  get room(): number {
    if (this.#wire.state !== "ready") return 0;
    return this.#isKnown ? this.#credit.room : Number.POSITIVE_INFINITY;
  }

  /** Says that this side is a channel, to whoever does not know it from a note. */
  greet(): void {
    if (!this.#wire.meets) this.say(HELLO);
  }

  /** It has said that it is a channel. */
  recognize(): void {
    if (this.#isKnown) return;
    this.#isKnown = true;
    // What was said before it listened may be lost, this side's hello too.
    this.#credit.forget();
    this.say(HELLO);
  }

  /**
   * Sends texts, together where it is known to take that: a message on a port costs much more than its text.
   *
   * @param characters - of all of them
   * @throws whatever the port does that takes nothing
   */
  post(texts: readonly string[], characters: number): void {
    this.#credit.posted(characters);
    if (this.#isKnown && texts.length > 1) this.#wire.post(texts);
    else for (const text of texts) this.#wire.post(text);
  }

  /** It has taken in so many characters. */
  acknowledged(characters: number): void {
    this.#credit.acknowledged(characters);
  }

  /** This side has taken in so many characters, of which it hears when they are enough. */
  tookIn(characters: number): void {
    this.#credit.tookIn(characters);
    if (this.#isKnown && this.#credit.isDue) this.say(acknowledgement(this.#credit.takeDue()));
  }

  /** Says a control word, if it is there. */
  say(control: string): void {
    if (this.#isGone || this.#wire.state === "apart") return;
    try {
      this.#wire.post(control);
    } catch {
      // Who cannot be told will hear of it from the port, or never could.
    }
  }

  /** It has ended, or this side has: nothing is said any more. */
  leave(): void {
    this.#isGone = true;
  }
}
