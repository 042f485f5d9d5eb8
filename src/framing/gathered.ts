import { LARGEST_WRITE } from "./write-sizes.ts";

/** Texts that wait to be written together, for channels that carry texts as they are. */
export class Gathered {
  #texts: string[] = [];
  #length = 0;
  readonly #firstLot: number;
  #lot: number;

  /** @param firstLot - how much is enough to be written before a turn of the event loop is over; in characters */
  constructor(firstLot: number) {
    this.#firstLot = firstLot;
    this.#lot = firstLot;
  }

  get isEmpty(): boolean {
    return this.#texts.length === 0;
  }

  /** In characters. */
  get length(): number {
    return this.#length;
  }

  /** @returns whether there is enough to be written at once */
  add(text: string): boolean {
    this.#texts.push(text);
    this.#length += text.length;
    return this.#length >= this.#lot;
  }

  /** A turn of the event loop is over. */
  turned(): void {
    this.#lot = this.#firstLot;
  }

  /** @param room - in characters, more than 0: as many texts as have room, the last of which may stand out */
  take(room: number): readonly string[] {
    this.#lot = Math.min(this.#lot * 2, LARGEST_WRITE);
    if (this.#length <= room) return this.clear();
    let count = 0;
    let length = 0;
    while (length < room) length += (this.#texts[count++] as string).length;
    this.#length -= length;
    return this.#texts.splice(0, count);
  }

  /** @returns what there was */
  clear(): readonly string[] {
    const texts = this.#texts;
    this.#texts = [];
    this.#length = 0;
    return texts;
  }
}
