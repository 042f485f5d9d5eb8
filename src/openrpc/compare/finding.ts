/**
 * What a difference means for the callers that were written for the older document.
 *
 * - `breaking`: some of their calls fail, or get what they do not expect.
 * - `compatible`: none does.
 * - `unclear`: it depends on what the documents do not say, or on what cannot be decided here.
 */
export type Severity = "breaking" | "compatible" | "unclear";

/** What differs. */
export type FindingKind =
  | "method-added"
  | "method-removed"
  | "method-deprecated"
  | "structure-changed"
  | "param-added"
  | "param-removed"
  | "param-renamed"
  | "param-moved"
  | "param-required"
  | "param-optional"
  | "result-added"
  | "result-removed"
  | "error-added"
  | "error-removed"
  | "property-added"
  | "property-removed"
  | "property-required"
  | "property-optional"
  | "properties-opened"
  | "properties-closed"
  | "schema-narrowed"
  | "schema-widened"
  | "schema-changed"
  | "schema-unclear";

/** One difference between two documents. */
export interface Finding {
  readonly kind: FindingKind;
  readonly severity: Severity;
  /** The method's name. */
  readonly method: string;
  /**
   * Where in the method: `["params", "limit"]`, `["result", "[]", "name"]`, `["errors", "404", "data"]`; `"[]"` stands for any
   * element, `"[0]"` for one, `"[key]"` for members that are not named, `"|Pet"` for one of several schemas. Empty for the
   * method itself.
   */
  readonly path: readonly string[];
  /** What differs, in words. */
  readonly message: string;
}
