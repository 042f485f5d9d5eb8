import { compareDocuments } from "../../openrpc/compare/compare-documents.ts";
import type { Finding, Severity } from "../../openrpc/compare/finding.ts";
import { formatFindings } from "../../openrpc/compare/format-findings.ts";
import { InvalidDocumentError } from "../../openrpc/document/invalid-document-error.ts";
import type { ConnectOptions } from "../connect/options.ts";
import { type FoundDocument, readDocuments } from "../documents/read-documents.ts";
import { ExitCode } from "../exit-code.ts";
import { out } from "../output/out.ts";
import type { Style } from "../output/paint.ts";

interface DiffCommandOptions extends ConnectOptions {
  readonly json?: boolean;
}

/** Does what `tsjason diff` is for. */
export async function run(before: string, after: string, options: DiffCommandOptions): Promise<ExitCode> {
  const findings = compared((await readDocuments([before, after], options)) as [FoundDocument, FoundDocument]);
  const breaking = count(findings, "breaking");
  if (options.json) {
    const [unclear, compatible] = [count(findings, "unclear"), count(findings, "compatible")];
    out.line(JSON.stringify({ breaking, unclear, compatible, findings }));
  } else out.line(painted(formatFindings(findings).trimEnd()));
  return breaking === 0 ? ExitCode.Ok : ExitCode.Negative;
}

function compared([before, after]: readonly [FoundDocument, FoundDocument]): Finding[] {
  try {
    return compareDocuments(before.value, after.value);
  } catch (error) {
    // It does not say which of the two; compared with itself, the faulty one fails again.
    if (error instanceof InvalidDocumentError) {
      for (const { source, value } of [before, after]) source.blamed(() => compareDocuments(value, value));
    }
    throw error;
  }
}

function count(findings: readonly Finding[], severity: Severity): number {
  return findings.filter((finding) => finding.severity === severity).length;
}

const styles: Readonly<Record<string, Style>> = { Breaking: "red", Unclear: "yellow", Compatible: "green" };

/** The report with its headings coloured. */
function painted(report: string): string {
  return report.replace(/^(?:Breaking|Unclear|Compatible)$/gm, (title) => out.paint(styles[title] ?? "bold", title));
}
