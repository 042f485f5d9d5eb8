import type { Issue } from "./issues.ts";

/**
 * What a method returned does not fit its result schema. The error hook is told; the caller gets -32603 "Internal
 * error" and nothing of this.
 */
export class InvalidResultError extends Error {
  override name = "InvalidResultError";
  /** What is wrong with the result. */
  readonly issues: readonly Issue[];

  constructor(issues: readonly Issue[]) {
    const [first] = issues;
    const where = first && first.path.length > 0 ? ` at ${JSON.stringify(first.path)}` : "";
    super(`the result does not fit its schema${where}: ${first?.message ?? "it says no more"}`);
    this.issues = issues;
  }
}
