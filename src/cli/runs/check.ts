import type { Finding } from "../check/finding.ts";
import { Prober } from "../check/prober.ts";
import { runViolation, violationsOf } from "../check/raw-bytes.ts";
import { type Row, rowsOfAll } from "../check/rows.ts";
import { rowsAfter, runFlood, runRow } from "../check/run-rows.ts";
import { diallerOf } from "../connect/dial.ts";
import type { ConnectOptions } from "../connect/options.ts";
import { tlsOf } from "../connect/tls.ts";
import { ExitCode } from "../exit-code.ts";
import { InterruptedError, interruption, unlessInterrupted } from "../interruption.ts";
import { out } from "../output/out.ts";
import { safeText } from "../output/safe-text.ts";
import { Conversation } from "../wire/conversation.ts";

interface CheckCommandOptions extends ConnectOptions {
  readonly json?: boolean;
}

/* Silence is waited for again and again: no longer than this for each, and no longer than that for all. */
const WAIT_MS = 2_000;
const TOTAL_MS = 60_000;

/** Does what `tsjason check` is for. */
export async function run(address: string, options: CheckCommandOptions): Promise<ExitCode> {
  const dialler = diallerOf(address, options);
  const { target } = dialler;
  const signal = interruption();
  const timeout = options.timeout === 0 ? WAIT_MS : Math.min(options.timeout, WAIT_MS);
  const prober = new Prober(async () => new Conversation(await dialler.dial(signal), dialler.address), timeout);
  const first = await unlessInterrupted(runRow(rowsOfAll[0] as Row, prober), signal);
  const jobs = [
    ...rowsAfter(first, rowsOfAll.slice(1)).map((row) => ({ ...row, run: () => runRow(row, prober) })),
    { group: "torture", name: "many calls at once", section: "5", level: "must" as const, run: () => runFlood(prober) },
    ...violationsOf(target).map((violation) => ({
      ...{ group: "framing", name: violation.name, section: "-", level: "should" as const },
      run: () => runViolation(violation, target, tlsOf(options), prober, timeout),
    })),
  ];
  const report = new Report(options.json === true, jobs.length + 1);
  report.add(first);
  const end = performance.now() + TOTAL_MS;
  try {
    for (const { run, group, name, section, level } of jobs) {
      if (signal.aborted) break;
      const skipped = { group, name, section, level, outcome: "skipped", why: "the time was up" } as const;
      report.add(performance.now() > end ? skipped : await unlessInterrupted(run(), signal));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    prober.close();
  }
  report.end();
  if (signal.aborted) throw new InterruptedError();
  return report.failed === 0 ? ExitCode.Ok : ExitCode.Negative;
}

/** Prints findings as they come, and what they come to. */
class Report {
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
