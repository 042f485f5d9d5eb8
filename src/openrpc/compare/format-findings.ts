import { visible } from "../types/identifiers.ts";
import type { Finding, Severity } from "./finding.ts";

const titles: readonly (readonly [severity: Severity, title: string])[] = [
  ["breaking", "Breaking"],
  ["unclear", "Unclear"],
  ["compatible", "Compatible"],
];

/** The findings as a text for people, the worst first: a line each, and one with the counts at the end. */
export function formatFindings(findings: readonly Finding[]): string {
  if (findings.length === 0) return "No differences.\n";
  const sections = titles.map(([severity, title]) => {
    const some = findings.filter((finding) => finding.severity === severity);
    return { title, severity, lines: some.map((finding) => `  ${visible(line(finding))}\n`) };
  });
  const shown = sections.filter(({ lines }) => lines.length > 0);
  const counts = sections.map(({ severity, lines }) => `${lines.length} ${severity}`);
  return [...shown.map(({ title, lines }) => `${title}\n${lines.join("")}`), `${counts.join(", ")}\n`].join("\n");
}

function line({ method, path, message }: Finding): string {
  return `${[method, pathText(path)].filter(Boolean).join(" ")}: ${message}`.replace(/\s+/g, " ");
}

/** `result[].name` */
function pathText(path: readonly string[]): string {
  return path.map((step, index) => (index === 0 || /^(\[|\|)/.test(step) ? step : `.${step}`)).join("");
}
