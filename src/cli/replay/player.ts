import type { ResponseMessage } from "../../protocol/message.ts";
import type { WireRecord } from "../proxy/wire-log.ts";
import type { Conversation } from "../wire/conversation.ts";
import { membersOf } from "../wire/replies.ts";
import { readdressed } from "./readdressed.ts";
import { isSaid, type Said, wordsOf } from "./said.ts";

/** A connection of the recording, and the one that stands for it now. */
export class Player {
  readonly conversation: Conversation;
  /** Answers that came and were not taken yet. */
  readonly answers: ResponseMessage[] = [];
  /** What the server said of its own accord and was not taken yet. */
  readonly said: Said[] = [];
  /** The methods of the calls that were sent, by id. */
  readonly #methods = new Map<string, string>();
  /** How often the recording has what the server is still to say, by its words. */
  readonly #toCome = new Map<string, number>();
  /** The ids that the server's requests have now, by those they had then; `undefined` for one that has not come. */
  readonly #idsNow = new Map<string, string | undefined>();
  /** How many of the conversation's texts were read. */
  #read = 0;

  /** @param records - those of its connection */
  constructor(conversation: Conversation, records: readonly WireRecord[]) {
    this.conversation = conversation;
    for (const { from, text } of records) {
      if (from === "target") for (const member of membersOf(text).filter(isSaid)) this.#count(member, 1);
    }
  }

  /**
   * Sends what the client said, its answers to the server's requests with the ids that these have now. An answer to a
   * request that has not come is left out.
   *
   * @returns whether there was something to send
   */
  send(text: string): boolean {
    for (const member of membersOf(text)) if (member.kind === "request") this.#methods.set(member.id, member.method);
    const now = readdressed(text, (id) => (this.#idsNow.has(keyOf(id)) ? this.#idsNow.get(keyOf(id)) : id));
    if (now !== undefined) this.conversation.send(now);
    return now !== undefined;
  }

  /** The method that an answer is to, where its call was sent. */
  methodOf({ rawId, id }: ResponseMessage): string | undefined {
    return this.#methods.get(rawId ?? JSON.stringify(id));
  }

  /** Takes the answer with an id out of those that came. */
  takeAnswer(id: ResponseMessage["id"]): ResponseMessage | undefined {
    this.read();
    const index = this.answers.findIndex((answer) => answer.id === id);
    return index < 0 ? undefined : this.answers.splice(index, 1)[0];
  }

  /**
   * Takes what the server said in the place of what it said then: the same, or, where that did not come, something of the
   * same method with other params. What the recording has elsewhere is kept for there.
   */
  takeSaid(then: Said): Said | undefined {
    this.read();
    const words = wordsOf(then);
    const candidates = this.said.filter(({ kind, method }) => kind === then.kind && method === then.method);
    const now =
      candidates.find((each) => wordsOf(each) === words) ?? candidates.find((each) => !this.#toCome.has(wordsOf(each)));
    if (!now) return undefined;
    this.said.splice(this.said.indexOf(now), 1);
    return now;
  }

  /** What the server said then has come, or is given up. */
  passed(then: Said, now: Said | undefined): void {
    this.#count(then, -1);
    if (then.kind === "request") this.#idsNow.set(keyOf(then.id), now?.id);
  }

  /** Reads what has come. */
  read(): void {
    const { texts } = this.conversation;
    for (; this.#read < texts.length; this.#read++) {
      for (const member of membersOf(texts[this.#read] ?? "")) {
        if (member.kind === "response") this.answers.push(member);
        else if (isSaid(member)) this.said.push(member);
      }
    }
  }

  #count(said: Said, step: number): void {
    const words = wordsOf(said);
    const count = (this.#toCome.get(words) ?? 0) + step;
    if (count === 0) this.#toCome.delete(words);
    else this.#toCome.set(words, count);
  }
}

/** 1 and 1.0 are one id, written in two ways. */
function keyOf(id: string): string {
  return JSON.stringify(JSON.parse(id));
}
