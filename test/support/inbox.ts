/** A message as it came over the wire, whatever it is. */
export interface WireMessage {
  readonly jsonrpc?: unknown;
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

interface Reader {
  resolve(text: string): void;
  reject(error: Error): void;
}

/** Texts that arrived, for a test to read one after the other. */
export class Inbox {
  /** All that arrived. */
  readonly texts: string[] = [];
  #read = 0;
  readonly #readers: Reader[] = [];
  #over: Error | undefined;

  add(text: string): void {
    this.texts.push(text);
    const reader = this.#readers.shift();
    if (reader) reader.resolve(this.texts[this.#read++] as string);
  }

  /** Nothing will arrive any more: who still waits for something waits in vain. */
  end(why: string): void {
    this.#over = new Error(`expected a message, and ${why}`);
    for (const reader of this.#readers.splice(0)) reader.reject(this.#over);
  }

  /** The next text. */
  text(): Promise<string> {
    const text = this.texts[this.#read];
    if (text !== undefined) {
      this.#read++;
      return Promise.resolve(text);
    }
    if (this.#over) return Promise.reject(this.#over);
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
  }

  /** The next text, as a message. */
  async next(): Promise<WireMessage> {
    return JSON.parse(await this.text());
  }

  /** The next text, as a batch. */
  async batch(): Promise<readonly WireMessage[]> {
    const batch: unknown = JSON.parse(await this.text());
    if (!Array.isArray(batch)) throw new Error(`expected a batch, got ${JSON.stringify(batch)}`);
    return batch;
  }

  /** The next messages, so many. */
  async take(count: number): Promise<readonly WireMessage[]> {
    const messages: WireMessage[] = [];
    while (messages.length < count) messages.push(await this.next());
    return messages;
  }
}
