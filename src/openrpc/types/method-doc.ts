import type { Described, DescribedExample, DescribedMethod } from "../document/described.ts";
import { jsonInComment, lineWidth, paragraphs, tagLines, textLines } from "./doc-comment.ts";
import { quoted } from "./identifiers.ts";
import type { Parameter } from "./type-node.ts";

/** What a method says to its readers, as the lines of a comment. */
export function methodDoc(method: DescribedMethod, parameters: readonly Parameter[]): string[] {
  const { summary, description, params, result } = method;
  const tags = [
    ...params.flatMap((param, index) => tagLines(`@param ${parameters[index]?.name} -`, parameterText(param))),
    ...tagLines("@returns", result?.text),
    ...method.errors.flatMap(({ code, message }) => tagLines(`@throws ${code}`, message)),
    ...(method.deprecated ? ["@deprecated"] : []),
    ...method.examples.slice(0, 3).flatMap((example) => exampleLines(method, example)),
  ];
  return paragraphs(textLines(summary), description === summary ? [] : textLines(description), tags);
}

function parameterText({ text, deprecated }: Described): string | undefined {
  return deprecated ? `Deprecated. ${text ?? ""}`.trim() : text;
}

/** The call that an example shows, and its result, as far as they fit on a line. */
function exampleLines({ name, structure }: DescribedMethod, { names, params, result }: DescribedExample): string[] {
  const byName = Object.fromEntries(names.map((key, index) => [key, params[index]]));
  const json = params.length === 0 ? "" : jsonInComment(structure === "by-name" ? byName : params);
  if (json === undefined) return [];
  const call = `await client.call(${[quoted(name), json].filter(Boolean).join(", ")});`.replaceAll("*/", "*\\/");
  const answer = result && jsonInComment(result.value);
  const line = answer === undefined ? call : `${call} // ${answer}`;
  const longest = lineWidth - 5;
  return call.length > longest ? [] : ["@example", line.length > longest ? call : line];
}
