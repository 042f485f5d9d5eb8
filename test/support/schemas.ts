/** Schemas made by hand: whatever a test needs of one. */
import type { SchemaIssue, SchemaResult, StandardSchema } from "../../src/protocol/schema.ts";

type Verdict<T> = SchemaResult<T> | Promise<SchemaResult<T>>;

/** A schema of which all is in one function. */
export function schema<Input, Output = Input>(
  validate: (value: unknown) => Verdict<Output>,
): StandardSchema<Input, Output> {
  return { "~standard": { version: 1, vendor: "hand-made", validate } };
}

export const flawed = (...messages: string[]): { readonly issues: readonly SchemaIssue[] } => ({
  issues: messages.map((message) => ({ message })),
});

export const aNumber = schema<number>((value) => (typeof value === "number" ? { value } : flawed("expected a number")));

/** Takes numbers, as soon as the promise resolves. */
export const aNumberAfter = (promise: Promise<unknown>) =>
  schema<number>(async (value) => {
    await promise;
    return typeof value === "number" ? { value } : flawed("expected a number");
  });

/** A schema that fails itself. */
export const throwing = (error: unknown) =>
  schema<unknown>(() => {
    throw error;
  });
