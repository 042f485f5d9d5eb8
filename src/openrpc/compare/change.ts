import type { FindingKind, Severity } from "./finding.ts";

/** What a schema describes: what callers give, or what they get. */
export type Role = "param" | "result";

/** How the values that a schema takes differ: there are fewer, more, others, or it cannot be told. */
export type Direction = "narrowed" | "widened" | "changed" | "unclear";

/** A difference between two schemas. */
export interface Change {
  readonly kind: FindingKind;
  readonly direction: Direction;
  /** It breaks callers only if they or the server are stricter than most. */
  readonly lenient?: boolean;
  readonly path: readonly string[];
  readonly message: string;
}

/** Callers may give less than is taken, and take more than they get: params may widen, results may narrow. */
export function severityOf({ direction, lenient }: Change, role: Role): Severity {
  if (direction === "unclear") return "unclear";
  if (direction === (role === "param" ? "widened" : "narrowed")) return "compatible";
  return lenient ? "unclear" : "breaking";
}
