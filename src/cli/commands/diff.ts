import type { Command } from "commander";
import { compareDocuments } from "../../openrpc/compare/compare-documents.ts";
import type { Finding, Severity } from "../../openrpc/compare/finding.ts";
import { formatFindings } from "../../openrpc/compare/format-findings.ts";
import { InvalidDocumentError } from "../../openrpc/document/invalid-document-error.ts";
import { action, examples } from "../command.ts";
import { addConnectOptions, type ConnectOptions } from "../connect/options.ts";
import { type FoundDocument, readDocuments } from "../documents/read-documents.ts";
import { ExitCode } from "../exit-code.ts";
import { out } from "../output/out.ts";
import type { Style } from "../output/paint.ts";

interface DiffCommandOptions extends ConnectOptions {
  readonly json?: boolean;
}

/** `tsjason diff`. */
export function addDiff(program: Command): void {
  const command = program
    .command("diff")
    .description("tell what a new version breaks: compare two OpenRPC documents, or the servers that have them")
    .argument("<before>", "the older one: an address, whose server is asked by rpc.discover, a file, or -")
    .argument("<after>", "the newer one, likewise")
    .option("--json", "for machines: {breaking, unclear, compatible, findings}");
  addConnectOptions(command)
    .addHelpText(
      "after",
      `
What is compared is what callers can meet: methods, params, results, errors and their schemas. "Unclear" is what the
documents leave open. Exits with 0 when nothing breaks, with 1 when something does, with 2 for a file that is no
document, with 3 without a connection, with 5 for a server that has none.
${examples(
  ["tsjason diff released.json tcp://127.0.0.1:7080", "does the service still do what was released?"],
  ["git show main:api.json | tsjason diff - api.json", "what does this branch change?"],
  ["tsjason diff tcp://old.example:7080 tcp://new.example:7080", "two servers"],
)}`,
    )
    .action(action(diff));
}

async function diff(before: string, after: string, options: DiffCommandOptions): Promise<ExitCode> {
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
