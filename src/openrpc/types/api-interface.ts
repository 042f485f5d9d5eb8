import type { Described, DescribedExample, DescribedMethod } from "../document/described.ts";
import { docComment, jsonInComment, lineWidth, paragraphs, tagLines, textLines } from "./doc-comment.ts";
import { memberName, parameterName, quoted, UniqueNames } from "./identifiers.ts";
import type { NamedTypes } from "./named-types.ts";
import { printAfter, printType } from "./print-type.ts";
import { schemaType } from "./schema-type.ts";
import type { TypeNode } from "./type-node.ts";

const indent = "  ";

interface Parameter {
  readonly name: string;
  readonly optional: boolean;
  readonly type: TypeNode;
  readonly described: Described;
}

/** A method as a member of the Api: its comment, its parameters by position, and its result. */
export function apiMember(method: DescribedMethod, names: NamedTypes, withComments: boolean): string {
  const parameters = parametersOf(method, names);
  const comment = withComments ? docComment(methodDoc(method, parameters), indent) : "";
  const result = method.result && schemaType(method.result.schema, names);
  return `${comment}${printMethod(memberName(method.name), parameters, result)}\n`;
}

/** By position nothing can be left out in front of what is required, whatever the document says of it. */
function parametersOf({ params }: DescribedMethod, names: NamedTypes): Parameter[] {
  const unique = new UniqueNames();
  const lastRequired = params.findLastIndex((param) => param.required);
  return params.map((described, index) => ({
    name: unique.take(parameterName(described.name)),
    optional: index > lastRequired,
    type: schemaType(described.schema, names),
    described,
  }));
}

function printMethod(name: string, parameters: readonly Parameter[], result: TypeNode | undefined): string {
  const head = ({ name, optional }: Parameter) => `${name}${optional ? "?" : ""}: `;
  const end = (taken: number) => `): ${result ? printType(result, indent, taken + 4) : "void"};`;
  const flat = parameters.map((parameter) => head(parameter) + printType(parameter.type, indent, -lineWidth));
  const start = `${indent}${name}(${flat.join(", ")}`;
  const line = start + end(start.length);
  if (parameters.length === 0 || (!start.includes("\n") && firstLine(line).length <= lineWidth)) return line;
  const inner = indent + indent;
  const lines = parameters.map((parameter) => {
    return `${printAfter(inner + head(parameter).trimEnd(), parameter.type, inner)},\n`;
  });
  return `${indent}${name}(\n${lines.join("")}${indent}${end(indent.length)}`;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

function methodDoc(method: DescribedMethod, parameters: readonly Parameter[]): string[] {
  const { summary, description, structure, result } = method;
  const structures = {
    "by-name": "Takes its params by name only.",
    "by-position": "Takes its params by position only.",
  };
  const note = structure === "either" || parameters.length === 0 ? [] : [structures[structure]];
  const tags = [
    ...parameters.flatMap(({ name, described }) => tagLines(`@param ${name} -`, parameterText(described))),
    ...tagLines("@returns", result?.text),
    ...method.errors.flatMap(({ code, message }) => tagLines(`@throws ${code}`, message)),
    ...(method.deprecated ? ["@deprecated"] : []),
    ...method.examples.slice(0, 3).flatMap((example) => exampleLines(method, example)),
  ];
  const texts = [textLines(summary), description === summary ? [] : textLines(description)];
  return paragraphs(...texts, note, tags);
}

function parameterText({ text, deprecated }: Described): string | undefined {
  return deprecated ? `Deprecated. ${text ?? ""}`.trim() : text;
}

/** The call that an example shows, and its result, as far as they fit on a line. */
function exampleLines({ name, structure }: DescribedMethod, { names, params, result }: DescribedExample): string[] {
  const byName = Object.fromEntries(names.map((key, index) => [key, params[index]]));
  const given = structure === "by-name" ? byName : params;
  const json = params.length === 0 ? "" : jsonInComment(given);
  if (json === undefined) return [];
  const call = `await client.call(${[quoted(name), json].filter(Boolean).join(", ")});`.replaceAll("*/", "*\\/");
  const answer = result && jsonInComment(result.value);
  const line = answer === undefined ? call : `${call} // ${answer}`;
  const longest = lineWidth - indent.length - 3;
  return call.length > longest ? [] : ["@example", line.length > longest ? call : line];
}
