import type { Conversation } from "../wire/conversation.ts";

/** What came of a text that was sent. */
export interface Heard {
  readonly texts: readonly string[];
  readonly troubles: readonly string[];
  /** Whether the server has closed the connection. */
  readonly closed: boolean;
}

/* How long to listen on where nothing is to come. */
const GRACE_MS = 50;

/** Speaks with a server, one text at a time, and dials again when it has hung up. */
export class Prober {
  readonly #dial: () => Promise<Conversation>;
  readonly #timeout: number;
  #conversation: Conversation | undefined;
  #sentinels = 0;

  /** @param timeout - milliseconds for an answer */
  constructor(dial: () => Promise<Conversation>, timeout: number) {
    this.#dial = dial;
    this.#timeout = timeout;
  }

  /** Whether the server can say something it was not asked for: not over HTTP. */
  async canPush(): Promise<boolean> {
    return (await this.#open()).canPush;
  }

  /** Sends a text and waits for what comes first: an answer, trouble, or the end. */
  async ask(text: string): Promise<Heard> {
    const conversation = await this.#open();
    const { texts, troubles } = conversation;
    const [before, calm] = [texts.length, troubles.length];
    conversation.send(text);
    const isOver = () => texts.length > before || (!conversation.going && !conversation.canPush);
    // An answer that comes later must not pass for that of the next text.
    if (!(await conversation.until(isOver, this.#timeout))) conversation.close();
    return this.#heard(conversation, before, calm);
  }

  /** Sends a text that is not to be answered, and waits for the answer to another one behind it. */
  async tell(text: string): Promise<Heard> {
    const conversation = await this.#open();
    const { texts, troubles } = conversation;
    const [before, calm] = [texts.length, troubles.length];
    conversation.send(text);
    const sentinel = `tsjason-sentinel-${++this.#sentinels}`;
    const isSentinel = (each: string) => each.includes(sentinel);
    if (conversation.canPush) {
      conversation.send(JSON.stringify({ jsonrpc: "2.0", id: sentinel, method: "tsjason.check.nobody" }));
      await conversation.until(() => texts.some(isSentinel), this.#timeout);
      // What was sent before need not be answered before.
      await conversation.until(() => texts.slice(before).some((each) => !isSentinel(each)), GRACE_MS);
    } else await conversation.until(() => !conversation.going, this.#timeout);
    const heard = this.#heard(conversation, before, calm);
    return { ...heard, texts: heard.texts.filter((each) => !isSentinel(each)) };
  }

  /** Whether it answers an ordinary call, on a connection of its own if need be. */
  async alive(): Promise<boolean> {
    try {
      const id = `tsjason-sentinel-${++this.#sentinels}`;
      const conversation = await this.#open();
      conversation.send(JSON.stringify({ jsonrpc: "2.0", id, method: "tsjason.check.nobody" }));
      const answered = () => conversation.texts.some((text) => text.includes(id));
      if (await conversation.until(answered, this.#timeout)) return true;
      // It may have hung up on what came before, only now.
      if (!conversation.over) return false;
      const again = await this.#open();
      again.send(JSON.stringify({ jsonrpc: "2.0", id, method: "tsjason.check.nobody" }));
      return await again.until(() => again.texts.some((text) => text.includes(id)), this.#timeout);
    } catch {
      return false;
    }
  }

  /** Sends many texts at once and waits for as many answers. */
  async flood(texts: readonly string[]): Promise<readonly string[]> {
    const conversation = await this.#open();
    const before = conversation.texts.length;
    for (const text of texts) conversation.send(text);
    await conversation.until(() => conversation.texts.length - before >= texts.length, this.#timeout);
    return conversation.texts.slice(before);
  }

  close(): void {
    this.#conversation?.close();
  }

  async #open(): Promise<Conversation> {
    if (!this.#conversation || this.#conversation.over) this.#conversation = await this.#dial();
    return this.#conversation;
  }

  #heard({ texts, troubles, over }: Conversation, before: number, calm: number): Heard {
    return { texts: texts.slice(before), troubles: troubles.slice(calm), closed: over };
  }
}
