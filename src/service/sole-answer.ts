import type { AnswerSink } from "./in-flight-call.ts";

/** The one answer an exchange can have: what it gives its message as a sink. */
export class SoleAnswer implements AnswerSink {
  /** It, as soon as it is there. */
  text: string | undefined;
  #resolve: ((text: string | undefined) => void) | undefined;

  answer(text: string): void {
    this.text = text;
    this.#resolve?.(text);
  }

  /** There will be none: nobody is left to be answered. */
  giveUp(): void {
    this.#resolve?.(undefined);
  }

  /** It, when it comes. To be asked for once. */
  later(): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }
}
