import { membersOf } from "./replies.ts";

/** Which answers one side owes the other, going by the ids that passed. */
export class OwedAnswers {
  readonly #ids = new Map<string, number>();

  get none(): boolean {
    return this.#ids.size === 0;
  }

  /** A text went to the side that answers. */
  asked(text: string): void {
    for (const message of membersOf(text)) {
      if (message.kind !== "request" && message.kind !== "invalid") continue;
      const key = keyOf(JSON.parse(message.id));
      this.#ids.set(key, (this.#ids.get(key) ?? 0) + 1);
    }
  }

  /**
   * A text came from it.
   *
   * @returns whether it answered anything that was owed
   */
  answered(text: string): boolean {
    let any = false;
    for (const message of membersOf(text)) {
      if (message.kind !== "response" || message.id === undefined) continue;
      const key = keyOf(message.id);
      const owed = this.#ids.get(key);
      if (owed === undefined) continue;
      any = true;
      if (owed === 1) this.#ids.delete(key);
      else this.#ids.set(key, owed - 1);
    }
    return any;
  }
}

/** 1 and "1" are two ids, 1 and 1.0 are one. */
function keyOf(id: unknown): string {
  return `${typeof id} ${String(id)}`;
}
