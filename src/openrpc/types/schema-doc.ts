import type { Place } from "../document/place.ts";
import { jsonInComment, paragraphs, tagLines, textLines } from "./doc-comment.ts";

/**
 * What a schema says to its readers, as the lines of a comment: its description, or its title where that says more than
 * the name; its default, examples, and whether it is deprecated.
 */
export function schemaDoc(schema: Place, name: string): string[] {
  if (!schema.isObject) return [];
  const text = schema.text("description");
  const title = schema.text("title");
  const usesTitle = text === undefined && title !== undefined && plain(title) !== plain(name);
  const examples = Array.isArray(schema.at("examples")?.value) ? schema.list("examples") : [];
  return paragraphs(textLines(usesTitle ? title : text), [
    ...(schema.at("deprecated")?.value === true ? ["@deprecated"] : []),
    ...valueLines("@default", schema.at("default")),
    ...examples.slice(0, 3).flatMap((example) => valueLines("@example", example)),
  ]);
}

function valueLines(tag: string, place: Place | undefined): string[] {
  const json = place && jsonInComment(place.value);
  return json === undefined ? [] : tagLines(tag, json);
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}
