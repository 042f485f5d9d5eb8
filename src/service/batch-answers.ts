import type { SingleMessage } from "../protocol/message.ts";
import { batchText } from "../protocol/serialize.ts";
import type { AnswerSink } from "./in-flight-call.ts";

/** Whether a message gets an answer, whatever becomes of it. */
export function isAnswered(message: SingleMessage): boolean {
  return message.kind !== "notification";
}

/** Collects the answers to a batch's members and passes them on as one, when the last is there. */
export class BatchAnswers implements AnswerSink {
  readonly #sink: AnswerSink;
  #expected: number;
  readonly #texts: string[] = [];

  constructor(members: readonly SingleMessage[], sink: AnswerSink) {
    this.#sink = sink;
    this.#expected = members.filter(isAnswered).length;
  }

  answer(text: string): void {
    this.#texts.push(text);
    this.#sendIfWhole();
  }

  leaveOut(): void {
    this.#expected--;
    this.#sendIfWhole();
  }

  #sendIfWhole(): void {
    // Section 6: no empty array, where there is nothing to answer.
    if (this.#texts.length === this.#expected && this.#expected > 0) this.#sink.answer(batchText(this.#texts));
  }
}
