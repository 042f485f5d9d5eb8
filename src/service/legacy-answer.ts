import { answerOfVersion } from "../protocol/legacy.ts";
import type { LegacyVersion, SingleMessage } from "../protocol/message.ts";
import type { AnswerSink } from "./in-flight-call.ts";

/** Puts the answer to a request of an older version in that version's shape. */
class LegacyAnswer implements AnswerSink {
  readonly #sink: AnswerSink;
  readonly #version: LegacyVersion;
  readonly #id: string;

  constructor(sink: AnswerSink, version: LegacyVersion, id: string) {
    this.#sink = sink;
    this.#version = version;
    this.#id = id;
  }

  answer(text: string): void {
    this.#sink.answer(answerOfVersion(this.#version, this.#id, text));
  }
}

/** Where the answer to a message goes. */
export function sinkFor(message: SingleMessage, sink: AnswerSink): AnswerSink {
  const hasVersion = message.kind === "request" || message.kind === "invalid";
  if (!hasVersion || message.version === undefined) return sink;
  return new LegacyAnswer(sink, message.version, message.id);
}
