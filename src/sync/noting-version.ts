import type { Message, ResponseMessage } from "../protocol/message.ts";
import type { Version } from "../protocol/version.ts";

/** The text of a message. Whatever came in the same message has the same object. */
export interface Source {
  readonly text: string;
}

/** Where in a message a value stood. */
export interface Noted {
  readonly source: Source;
  /** Which of a batch's members; `undefined` where the message is no batch. */
  readonly member: number | undefined;
}

const texts = new WeakMap<object, Noted>();

/** Where a result, or an error's data, was read from. */
export function notedOf(value: object): Noted | undefined {
  return texts.get(value);
}

/**
 * A version as a client speaks it that makes another thread's calls: what it says is written already, and of what it
 * reads it notes the text.
 */
export function notingVersion(version: Version): Version {
  return {
    ...version,
    requestBody: (_method, body) => body as string,
    parse: (text, batchLength) => noted(version.parse(text, batchLength), { text }),
  };
}

function noted(message: Message, source: Source): Message {
  if (message.kind === "response") note(message, { source, member: undefined });
  else if (message.kind === "batch") {
    for (const [member, each] of message.members.entries())
      if (each.kind === "response") note(each, { source, member });
  }
  return message;
}

function note({ result, error }: ResponseMessage, where: Noted): void {
  const value = error ? error.data : result;
  if (typeof value === "object" && value !== null) texts.set(value, where);
}
