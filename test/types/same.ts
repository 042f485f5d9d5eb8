/** Whether two types are the same. */
export type Same<A, B> =
  (<T>() => T extends A ? "same" : "other") extends <T>() => T extends B ? "same" : "other" ? true : false;

/** Type checks all; runs to nothing. */
export function areSame<Checks extends readonly true[]>(..._checks: Checks): void {}
