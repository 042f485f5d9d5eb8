import type { AnswerSink } from "./in-flight-call.ts";

/** One text in, at most one text out: what `service.handle` gives its messages as a sink. */
export class Exchange implements AnswerSink {
  #text: string | undefined;
  #resolve: ((text: string) => void) | undefined;

  answer(text: string): void {
    this.#text = text;
    this.#resolve?.(text);
  }

  /** The answer: at once if it is there already. */
  outcome(): string | Promise<string> {
    return (
      this.#text ??
      new Promise((resolve) => {
        this.#resolve = resolve;
      })
    );
  }
}
