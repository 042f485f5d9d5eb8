import type { SingleMessage } from "../../protocol/message.ts";
import { shownErrorAnswer } from "../output/error.ts";
import { compactJson, shownJson } from "../output/json.ts";
import type { Paint } from "../output/paint.ts";
import { safeText } from "../output/safe-text.ts";
import { membersOf } from "./replies.ts";

/** More of a text that is no message is not shown. */
const SHOWN = 200;

/** The messages of a text as people read them, one a line (but for large values). */
export function shownMessages(text: string, paint: Paint): string[] {
  return membersOf(text).map((message) => shownMessage(message, text, paint));
}

function shownMessage(message: SingleMessage, text: string, paint: Paint): string {
  const kind = paint("cyan", message.kind);
  switch (message.kind) {
    case "request":
      return `${kind} ${safeText(message.id)} ${paint("bold", safeText(message.method))}${shownParams(message.params, paint)}`;
    case "notification":
      return `${kind} ${paint("bold", safeText(message.method))}${shownParams(message.params, paint)}`;
    case "response": {
      const { id, error, result } = message;
      return `${kind} ${compactJson(id)} ${error ? shownErrorAnswer(error, paint) : shownJson(result, paint)}`;
    }
    case "invalid":
      return `${paint("red", "invalid")} ${safeText(text.slice(0, SHOWN))}${text.length > SHOWN ? "…" : ""}`;
  }
}

function shownParams(params: unknown, paint: Paint): string {
  return params === undefined ? "" : ` ${shownJson(params, paint)}`;
}
