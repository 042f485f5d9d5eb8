/** What one check has shown. */
export interface Finding {
  readonly group: string;
  readonly name: string;
  /** Of the specification of JSON-RPC 2.0, or `-` where it says nothing. */
  readonly section: string;
  readonly level: "must" | "should";
  readonly outcome: "passed" | "failed" | "skipped";
  /** For one that failed: what was expected, what came, and what is wrong with it. */
  readonly expected?: string;
  readonly got?: string;
  readonly flaw?: string;
  /** For one that was skipped. */
  readonly why?: string;
}

/* Longer answers are not shown whole. */
const SHOWN = 300;

/** A text as a report shows it. */
export function excerpt(text: string): string {
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}… (${text.length} characters)`;
}
