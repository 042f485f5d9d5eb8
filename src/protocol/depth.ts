import { INVALID_REQUEST, overLimit } from "./error-object.ts";
import type { Message, SingleMessage } from "./message.ts";

const BRACKET = "[";
const BRACE = "{";

/**
 * Whether the arrays and objects of a message, itself included, stand deeper one within another than they may.
 *
 * A text with few brackets cannot be that deep, and searching for them costs a hundredth of parsing. Only behind a text
 * with many the values are gone through, which costs a tenth: going through the text would cost half.
 *
 * @param text - what it was read from
 */
export function isTooDeep(message: Message, text: string, depth: number): boolean {
  if (text.length <= 2 * depth) return false;
  // Its members have brackets enough in any case.
  if (message.kind === "batch") return message.members.some((member) => isMemberTooDeep(member, depth - 1));
  return hasMore(text, depth) && isMemberTooDeep(message, depth);
}

/** What becomes of a message that is: something else to be received in its place, or nothing. */
export function tooDeep(message: Message, depth: number): Message | undefined {
  if (message.kind !== "batch") return memberTooDeep(message, depth);
  const members = message.members.flatMap((member) =>
    isMemberTooDeep(member, depth - 1) ? (memberTooDeep(member, depth) ?? []) : member,
  );
  return members.length > 0 ? { kind: "batch", members } : undefined;
}

function memberTooDeep(message: SingleMessage, depth: number): SingleMessage | undefined {
  if (message.kind === "notification") return undefined;
  if (message.kind === "response") {
    const flaw = `it is nested deeper than limits.depth, ${depth}`;
    return { ...message, result: undefined, error: undefined, flaw };
  }
  const id = message.kind === "request" ? message.id : "null";
  return { kind: "invalid", id, error: overLimit(INVALID_REQUEST, "depth", depth) };
}

function isMemberTooDeep(message: SingleMessage, depth: number): boolean {
  if (message.kind === "response") return isDeep(message.result, depth - 1) || isDeep(message.error?.data, depth - 2);
  return message.kind !== "invalid" && isDeep(message.params, depth - 1);
}

/** Whether there are more brackets and braces in a text, in its strings too. */
function hasMore(text: string, count: number): boolean {
  let left = count;
  for (const opening of [BRACKET, BRACE]) {
    for (let at = text.indexOf(opening); at >= 0; at = text.indexOf(opening, at + 1)) if (left-- === 0) return true;
  }
  return false;
}

/** Whether a value that JSON.parse made has more than so many levels. Goes no deeper than that itself. */
function isDeep(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels <= 0) return true;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === "object" && isDeep(item, levels - 1)) return true;
    return false;
  }
  for (const name in value) {
    const item = (value as Record<string, unknown>)[name];
    if (typeof item === "object" && isDeep(item, levels - 1)) return true;
  }
  return false;
}
