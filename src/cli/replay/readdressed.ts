import { memberPlaces } from "../../protocol/raw-id.ts";
import { batchText } from "../../protocol/serialize.ts";
import { messageOf } from "../wire/replies.ts";

/**
 * A text with other ids in its answers, and else as it is.
 *
 * @param idOf - the id, as JSON, that takes another's place; `undefined` where the answer is to be left out
 * @returns `undefined` when nothing is left
 */
export function readdressed(text: string, idOf: (id: string) => string | undefined): string | undefined {
  const message = messageOf(text);
  const members = message.kind === "batch" ? message.members : [message];
  if (!members.some(({ kind }) => kind === "response")) return text;
  const places = memberPlaces(text);
  const texts = members.map(({ kind }, index) => {
    const { start = 0, end = 0, id } = places[index] ?? {};
    if (kind !== "response" || !id) return text.slice(start, end);
    const other = idOf(text.slice(id.start, id.end));
    return other === undefined ? undefined : text.slice(start, id.start) + other + text.slice(id.end, end);
  });
  const left = texts.filter((each) => each !== undefined);
  if (left.length === 0) return undefined;
  return message.kind === "batch" ? batchText(left) : left[0];
}
