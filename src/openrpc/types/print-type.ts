import { docComment, lineWidth } from "./doc-comment.ts";
import { memberName } from "./identifiers.ts";
import type { FunctionNode, GenericNode, Member, ObjectNode, Parameter, TupleNode, TypeNode } from "./type-node.ts";

const step = "  ";

/**
 * A type as text: on one line where it fits, else broken, the outermost first.
 *
 * @param indent - of the line that it begins on
 * @param taken - columns of that line that are not its own, before and behind it
 */
export function printType(type: TypeNode, indent: string, taken: number): string {
  const flat = flatType(type);
  if (flat !== undefined && taken + flat.length <= lineWidth) return flat;
  switch (type.kind) {
    case "name":
      return type.text;
    case "union":
      return printList(type.members, "|", indent);
    case "intersection":
      return printList(type.members, "&", indent);
    case "array": {
      const element = printType(type.element, indent, taken + 2);
      return needsParentheses(type.element) ? `(${element}${closing(element, indent)})[]` : `${element}[]`;
    }
    case "tuple":
      return printTuple(type, indent);
    case "object":
      return printObject(type, indent);
    case "function":
      return printFunction(type, indent);
    case "generic":
      return printGeneric(type, indent);
  }
}

/** `{ … }` over several lines. */
export function printObject({ members, index }: ObjectNode, indent: string): string {
  const inner = indent + step;
  const lines = members.map((member) => {
    const text = printAfter(`${inner}${memberHead(member)}:`, member.type, inner);
    return `${docComment(member.doc, inner)}${text};\n`;
  });
  if (index) lines.push(`${printAfter(`${inner}[key: string]:`, index, inner)};\n`);
  return lines.length === 0 ? "{}" : `{\n${lines.join("")}${indent}}`;
}

/** A type behind what it belongs to: on the same line, or, where it is a list over several lines, below. */
export function printAfter(start: string, type: TypeNode, indent: string): string {
  const text = printType(type, indent, start.length + 2);
  return start + (text.startsWith("\n") ? "" : " ") + text;
}

function printList(types: readonly TypeNode[], sign: "|" | "&", indent: string): string {
  const inner = indent + step;
  const lines = types.map((type) => {
    // An intersection binds closer than a union; that and function types are all that could need parentheses.
    const open = sign === "&" && type.kind === "union";
    const text = printType(type, inner + step, inner.length + 4);
    return `\n${inner}${sign} ${open ? `(${text}${closing(text, inner)})` : text}`;
  });
  return lines.join("");
}

/** What comes before the parenthesis that closes a list over several lines. */
function closing(text: string, indent: string): string {
  return text.startsWith("\n") ? `\n${indent}` : "";
}

function printTuple({ elements, required, rest }: TupleNode, indent: string): string {
  const inner = indent + step;
  const lines = elements.map((element, index) => {
    const text = printType(element, inner, inner.length + 4);
    if (index < required) return text;
    return needsParentheses(element) ? `(${text}${closing(text, inner)})?` : `${text}?`;
  });
  if (rest) lines.push(`...${printType({ kind: "array", element: rest }, inner, inner.length + 4)}`);
  return `[\n${lines.map((line) => `${inner}${line},\n`).join("")}${indent}]`;
}

function printFunction({ parameters, result }: FunctionNode, indent: string): string {
  const inner = indent + step;
  const lines = parameters.map(
    (parameter) => `${printAfter(inner + parameterHead(parameter), parameter.type, inner)},\n`,
  );
  const head = lines.length === 0 ? "() =>" : `(\n${lines.join("")}${indent}) =>`;
  return printAfter(head, result, indent);
}

function printGeneric({ name, args }: GenericNode, indent: string): string {
  const inner = indent + step;
  const texts = args.map((arg) => {
    const text = printType(arg, inner, inner.length + 1);
    return text.startsWith("\n") ? text.slice(1) : inner + text;
  });
  return `${name}<\n${texts.join(",\n")}\n${indent}>`;
}

/** A type on one line; `undefined` when a comment in it needs lines of its own. */
function flatType(type: TypeNode): string | undefined {
  switch (type.kind) {
    case "name":
      return type.text;
    case "union":
      return joined(type.members.map(flatType), " | ");
    case "intersection":
      return joined(
        type.members.map((member) => wrapped(flatType(member), member.kind === "union")),
        " & ",
      );
    case "array":
      return wrapped(flatType(type.element), needsParentheses(type.element), "[]");
    case "tuple": {
      const elements = type.elements.map((element, index) => {
        return index < type.required ? flatType(element) : wrapped(flatType(element), needsParentheses(element), "?");
      });
      if (type.rest) {
        const rest = wrapped(flatType(type.rest), needsParentheses(type.rest));
        elements.push(rest === undefined ? undefined : `...${rest}[]`);
      }
      return wrapped(joined(elements, ", "), false, "]", "[");
    }
    case "object":
      return flatObject(type);
    case "function":
      return flatFunction(type);
    case "generic":
      return wrapped(joined(type.args.map(flatType), ", "), false, ">", `${type.name}<`);
  }
}

function flatFunction({ parameters, result }: FunctionNode): string | undefined {
  const texts = parameters.map((parameter) => {
    return wrapped(flatType(parameter.type), false, "", `${parameterHead(parameter)} `);
  });
  const head = wrapped(joined(texts, ", "), true);
  return head === undefined ? undefined : wrapped(flatType(result), false, "", `${head} => `);
}

function parameterHead({ name, optional }: Parameter): string {
  return `${name}${optional ? "?" : ""}:`;
}

function flatObject({ members, index }: ObjectNode): string | undefined {
  if (members.some((member) => member.doc.length > 0)) return undefined;
  const texts = members.map((member) => wrapped(flatType(member.type), false, "", `${memberHead(member)}: `));
  if (index) texts.push(wrapped(flatType(index), false, "", "[key: string]: "));
  return texts.length === 0 ? "{}" : wrapped(joined(texts, "; "), false, " }", "{ ");
}

function memberHead({ name, optional }: Member): string {
  return memberName(name) + (optional ? "?" : "");
}

function needsParentheses(type: TypeNode): boolean {
  return type.kind === "union" || type.kind === "intersection";
}

function joined(texts: readonly (string | undefined)[], between: string): string | undefined {
  return texts.includes(undefined) ? undefined : texts.join(between);
}

function wrapped(text: string | undefined, inParentheses: boolean, end = "", start = ""): string | undefined {
  if (text === undefined) return undefined;
  return start + (inParentheses ? `(${text})` : text) + end;
}
