import assert from "node:assert/strict";
import { type Reading, readNaively } from "../spec/naive.ts";

/**
 * Holds a service's answer to any text against a naive reading of the specification: whether there is one, how many are
 * in it, each with its id, and each with a result or an error that is one.
 */
export function checkAnswer(text: string, answer: string | undefined, batchLength: number): void {
  const reading = readNaively(text, batchLength);
  const owed = (reading.kind === "batch" ? reading.members : [reading]).filter(({ kind }) => kind !== "notification");
  if (owed.length === 0) {
    assert.equal(answer, undefined, "a notification was answered");
    return;
  }
  assert(answer !== undefined, "there is no answer");
  const parsed: unknown = JSON.parse(answer);
  assert.equal(Array.isArray(parsed), reading.kind === "batch", "a batch, and only a batch, is answered with an array");
  const given = [parsed].flat();
  assert.equal(given.length, owed.length, "as many answers as are owed");
  // Those of a batch may come in any order (section 6).
  const left = owed.map(expected);
  for (const one of given.map(shapeOf)) {
    // Those that fit one answer only go first.
    const exact = left.findIndex((other) => !other.anyCode && fits(one, other));
    const at = exact >= 0 ? exact : left.findIndex((other) => fits(one, other));
    assert(at >= 0, `an answer that nobody is owed: ${JSON.stringify(one)}`);
    left.splice(at, 1);
  }
}

interface Shape {
  readonly id: unknown;
  /** Of its error; `undefined` when there is none. */
  readonly code: number | undefined;
}

/** The id an answer must have, and its code where the text alone decides that. */
function expected(reading: Reading): Shape & { readonly anyCode: boolean } {
  if (reading.kind === "request") return { id: JSON.parse(reading.id), code: undefined, anyCode: true };
  if (reading.kind === "invalid") return { id: JSON.parse(reading.id), code: reading.code, anyCode: false };
  // Nobody asked this side to answer: it is no request.
  if (reading.kind === "batch" || reading.kind === "notification") throw new Error("it is not answered by itself");
  return { id: reading.id ?? null, code: -32600, anyCode: false };
}

function fits({ id, code }: Shape, other: Shape & { readonly anyCode: boolean }): boolean {
  return Object.is(id, other.id) && (other.anyCode || code === other.code);
}

/** Section 5. */
function shapeOf(answer: unknown): Shape {
  assert(typeof answer === "object" && answer !== null, "an answer is an object");
  const { jsonrpc, id, error } = answer as { jsonrpc?: unknown; id?: unknown; error?: unknown };
  assert.equal(jsonrpc, "2.0");
  assert(id === null || typeof id === "string" || typeof id === "number", "an id is a string, a number or null");
  assert.notEqual(Object.hasOwn(answer, "result"), Object.hasOwn(answer, "error"), "a result or an error");
  if (!Object.hasOwn(answer, "error")) return { id, code: undefined };
  const { code, message } = error as { code?: unknown; message?: unknown };
  assert(typeof code === "number" && Number.isInteger(code), "an error's code is a whole number");
  assert.equal(typeof message, "string");
  return { id, code };
}
