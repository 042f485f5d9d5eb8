import type { TestContext } from "node:test";

/**
 * The seed of a random test: TSJASON_SEED, or one of its own, which is printed, and in the message of what fails.
 *
 * @returns the seed, and what to say with a failure
 */
export function seedOf(test: Pick<TestContext, "diagnostic">): { readonly seed: number; readonly hint: string } {
  const given = process.env.TSJASON_SEED;
  const seed = given === undefined ? Date.now() % 2 ** 31 : Number(given);
  if (!Number.isInteger(seed)) throw new RangeError(`expected a whole number as TSJASON_SEED, got ${given}`);
  const hint = `again with TSJASON_SEED=${seed}`;
  test.diagnostic(hint);
  return { seed, hint };
}
