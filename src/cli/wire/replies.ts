import type { ExchangeOptions } from "../../connection/exchange.ts";
import type { Message, RequestMessage, SingleMessage } from "../../protocol/message.ts";
import { parseMessage } from "../../protocol/parse.ts";
import { batchText, errorText } from "../../protocol/serialize.ts";

/**
 * Answers a text without a service: each request in it by `reply`, what is no message as the specification has it.
 *
 * @returns the answer, `undefined` when nothing in it wants one
 */
export function repliesTo(text: string, reply: (request: RequestMessage) => string): string | undefined {
  const message = messageOf(text);
  if (message.kind !== "batch") return replyTo(message, reply);
  const replies = message.members.map((member) => replyTo(member, reply)).filter((each) => each !== undefined);
  return replies.length === 0 ? undefined : batchText(replies);
}

function replyTo(message: SingleMessage, reply: (request: RequestMessage) => string): string | undefined {
  if (message.kind === "invalid") return errorText(message.id, message.error);
  return message.kind === "request" ? reply(message) : undefined;
}

/** What a text is; a batch may have any length. */
export function messageOf(text: string): Message {
  return parseMessage(text, Number.POSITIVE_INFINITY);
}

/** The messages in a text, whether it is a batch or not. */
export function membersOf(text: string): readonly SingleMessage[] {
  const message = messageOf(text);
  return message.kind === "batch" ? message.members : [message];
}

/** Whether whoever gets a text owes an answer to it. */
export function wantsAnswer(text: string): boolean {
  return membersOf(text).some(({ kind }) => kind === "request" || kind === "invalid");
}

/** What an exchange is to be told of a text. */
export function exchangeOptions(text: string, signal: AbortSignal): ExchangeOptions {
  const message = messageOf(text);
  const isOne = message.kind === "request" || message.kind === "notification";
  return { signal, expectsAnswer: wantsAnswer(text), method: isOne ? message.method : undefined };
}

/** Whether a text answers something: it is a response, or a batch of them. */
export function isAnswer(text: string): boolean {
  return membersOf(text).every(({ kind }) => kind === "response");
}
