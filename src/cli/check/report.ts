import { out } from "../output/out.ts";
import { safeText } from "../output/safe-text.ts";
import type { Finding } from "./finding.ts";

/** Prints findings as they come, and what they come to. */
export class Report {
  readonly #json: boolean;
  readonly #total: number;
  readonly #findings: Finding[] = [];
  #group = "";

  constructor(json: boolean, total: number) {
    this.#json = json;
    this.#total = total;
  }

  get failed(): number {
    return this.#count((finding) => finding.outcome === "failed" && finding.level === "must");
  }

  add(finding: Finding): void {
    this.#findings.push(finding);
    if (this.#json) return;
    if (finding.group !== this.#group) out.line(out.paint("bold", finding.group));
    this.#group = finding.group;
    for (const line of shown(finding)) out.line(line);
  }

  end(): void {
    const passed = this.#count(({ outcome }) => outcome === "passed");
    const skipped = this.#count(({ outcome }) => outcome === "skipped");
    const advised = this.#count(({ outcome, level }) => outcome === "failed" && level === "should");
    const { failed } = this;
    if (this.#json) {
      out.line(JSON.stringify({ passed, failed, advised, skipped, findings: this.#findings }));
      return;
    }
    const rest = this.#total - this.#findings.length;
    const left = skipped + rest === 0 ? "" : `, ${skipped + rest} left out`;
    const sum = `${passed} passed, ${failed} failed, ${advised} to think about${left}`;
    out.line(`\n${out.paint(failed === 0 ? "green" : "red", sum)}`);
  }

  #count(is: (finding: Finding) => boolean): number {
    return this.#findings.filter(is).length;
  }
}

function shown({ name, section, level, outcome, expected, got, flaw, why }: Finding): string[] {
  const place = section === "-" ? "" : out.paint("dim", ` (section ${section})`);
  if (outcome === "passed") return [`  ${out.paint("green", "ok")}     ${name}${place}`];
  if (outcome === "skipped") return [`  ${out.paint("dim", "left")}   ${name}: ${why}`];
  const mark = level === "must" ? out.paint("red", "WRONG") : out.paint("yellow", "advice");
  return [
    `  ${mark}${level === "must" ? "  " : " "}${name}${place}: ${safeText(flaw ?? "")}`,
    `         expected ${safeText(expected ?? "")}`,
    `         got      ${safeText(got ?? "")}`,
  ];
}
