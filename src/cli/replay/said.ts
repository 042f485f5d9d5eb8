import type { NotificationMessage, RequestMessage, SingleMessage } from "../../protocol/message.ts";
import { canonical } from "../wire/canonical.ts";

/** What a server says of its own accord. */
export type Said = RequestMessage | NotificationMessage;

export function isSaid(message: SingleMessage): message is Said {
  return message.kind === "request" || message.kind === "notification";
}

/** The same for two that say the same, whatever their ids. */
export function wordsOf({ kind, method, params }: Said): string {
  return canonical([kind, method, params ?? null]);
}

/** As differences show it. */
export function shownSaid({ method, params }: Said): object {
  return params === undefined ? { method } : { method, params };
}
