import { compactJson } from "../output/json.ts";

/** What a server is to answer to a text, by the letter of the specification. */
export type Expectation =
  /** An error with this id, and one of these codes. */
  | { readonly kind: "error"; readonly id: unknown; readonly codes: readonly number[] }
  /** A result or an error, with this id. */
  | { readonly kind: "answer"; readonly id: unknown }
  /** An array of answers, in any order. */
  | { readonly kind: "batch"; readonly members: readonly Expectation[] }
  /** Nothing at all. */
  | { readonly kind: "silence" }
  /** Whatever it likes, as long as it goes on serving. */
  | { readonly kind: "survival" };

export const error = (id: unknown, ...codes: number[]): Expectation => ({ kind: "error", id, codes });
export const answer = (id: unknown): Expectation => ({ kind: "answer", id });
export const batch = (...members: Expectation[]): Expectation => ({ kind: "batch", members });
export const silence: Expectation = { kind: "silence" };
export const survival: Expectation = { kind: "survival" };

/** An expectation that also takes a code in the place of another. */
export function alsoTaking(expectation: Expectation, code: number, inPlaceOf: number): Expectation {
  if (expectation.kind === "batch") {
    return { ...expectation, members: expectation.members.map((member) => alsoTaking(member, code, inPlaceOf)) };
  }
  if (expectation.kind !== "error" || !expectation.codes.includes(inPlaceOf)) return expectation;
  return { ...expectation, codes: [...expectation.codes, code] };
}

/** An expectation in words. */
export function wordsFor(expectation: Expectation): string {
  switch (expectation.kind) {
    case "error":
      return `error ${expectation.codes.join(" or ")} with id ${compactJson(expectation.id)}`;
    case "answer":
      return `a result or an error with id ${compactJson(expectation.id)}`;
    case "batch":
      return `an array, in any order, of: ${expectation.members.map(wordsFor).join("; ")}`;
    case "silence":
      return "no answer";
    case "survival":
      return "any answer, or a closed connection, and that it goes on serving";
  }
}

/**
 * Holds an answer's text against what was expected.
 *
 * @returns what is wrong with it; `undefined` when nothing is
 */
export function flawIn(text: string, expectation: Expectation): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "it is no JSON";
  }
  return flawOf(value, expectation);
}

function flawOf(value: unknown, expectation: Expectation): string | undefined {
  switch (expectation.kind) {
    case "silence":
      return "there is to be no answer";
    case "survival":
      return undefined;
    case "batch":
      return batchFlaw(value, expectation.members);
    default:
      return answerFlaw(value, expectation);
  }
}

function batchFlaw(value: unknown, expected: readonly Expectation[]): string | undefined {
  if (!Array.isArray(value)) return "it is no array";
  const rest = [...value];
  for (const expectation of expected) {
    const index = rest.findIndex((member) => flawOf(member, expectation) === undefined);
    if (index < 0) return `it lacks ${wordsFor(expectation)}`;
    rest.splice(index, 1);
  }
  return rest.length === 0 ? undefined : `it has ${rest.length} answers too many`;
}

function answerFlaw(value: unknown, expected: Expectation & { kind: "answer" | "error" }): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "it is no object";
  const { jsonrpc, id, error: failure } = value as Record<string, unknown>;
  if (jsonrpc !== "2.0") return 'it does not say "jsonrpc": "2.0"';
  if (!Object.hasOwn(value, "id")) return "it has no id";
  if (id !== expected.id) return `its id is ${compactJson(id)}`;
  const hasResult = Object.hasOwn(value, "result");
  const hasError = Object.hasOwn(value, "error");
  if (hasResult && hasError) return "it has both a result and an error";
  if (!hasResult && !hasError) return "it has neither a result nor an error";
  if (hasResult) return expected.kind === "error" ? "it is a result" : undefined;
  return errorFlaw(failure) ?? (expected.kind === "error" ? codeFlaw(failure, expected.codes) : undefined);
}

function errorFlaw(failure: unknown): string | undefined {
  if (typeof failure !== "object" || failure === null) return "its error is no object";
  const { code, message } = failure as Record<string, unknown>;
  if (!Number.isInteger(code)) return "its error's code is no integer";
  return typeof message === "string" ? undefined : "its error's message is no string";
}

function codeFlaw(failure: unknown, codes: readonly number[]): string | undefined {
  const { code } = failure as { readonly code: number };
  return codes.includes(code) ? undefined : `its code is ${code}`;
}
