/* The first texts of a turn go early, so that the peer can start working while this side goes on; later ones in larger
 * lots. In characters. */
const FIRST_LOT = 1_024;
const LARGEST_LOT = 16 * 1_024;

/** Texts that wait to be written together, for channels that carry texts as they are. */
export class Gathered {
  #texts: string[] = [];
  #length = 0;
  #lot = FIRST_LOT;

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
    this.#lot = FIRST_LOT;
  }

  /** @param room - in characters, more than 0: as many texts as have room, the last of which may stand out */
  take(room: number): readonly string[] {
    this.#lot = Math.min(this.#lot * 2, LARGEST_LOT);
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
