interface Link {
  readonly text: string;
  next: Link | undefined;
}

/** Texts in a row, with their length in all. */
export class TextQueue {
  #first: Link | undefined;
  #last: Link | undefined;
  #length = 0;

  /** Of all texts, in characters. */
  get length(): number {
    return this.#length;
  }

  get isEmpty(): boolean {
    return this.#first === undefined;
  }

  push(text: string): void {
    const link: Link = { text, next: undefined };
    if (this.#last) this.#last.next = link;
    else this.#first = link;
    this.#last = link;
    this.#length += text.length;
  }

  shift(): string | undefined {
    const link = this.#first;
    if (!link) return undefined;
    this.#first = link.next;
    if (!this.#first) this.#last = undefined;
    this.#length -= link.text.length;
    return link.text;
  }

  clear(): void {
    this.#first = undefined;
    this.#last = undefined;
    this.#length = 0;
  }
}
