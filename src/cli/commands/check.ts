import type { Command } from "commander";
import { DialError } from "../../connection/errors/dial-error.ts";
import type { Finding } from "../check/finding.ts";
import { Prober } from "../check/prober.ts";
import { runViolation, violationsOf } from "../check/raw-bytes.ts";
import { type Row, rowsOfAll } from "../check/rows.ts";
import { rowsAfter, runFlood, runRow } from "../check/run-rows.ts";
import { action, examples } from "../command.ts";
import { diallerOf } from "../connect/dial.ts";
import { addConnectOptions, type ConnectOptions, FOR_TEXTS, tlsOf } from "../connect/options.ts";
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

/** One thing to try. */
interface Job {
  readonly about: Pick<Finding, "group" | "name" | "section" | "level">;
  readonly run: () => Promise<Finding>;
}

/** `tsjason check`. */
export function addCheck(program: Command): void {
  const command = program
    .command("check")
    .description("try a server against the specification and against malformed messages, and report what it does wrong")
    .argument("<address>", "whom to check: any JSON-RPC 2.0 server")
    .option("--json", "for machines: {passed, failed, advised, skipped, findings}");
  addConnectOptions(command, FOR_TEXTS)
    .addHelpText(
      "after",
      `
It sends about seventy small messages, one after another, and calls no method that is likely to exist but the
specification's example subtract. What the specification demands fails the check; what is good to have is advice.
It is over within a minute. Exits with 0 when nothing failed, with 1 when something did.
${examples(
  ["tsjason check tcp://127.0.0.1:7080", "a server over netstrings"],
  ["tsjason check http://127.0.0.1:6800/jsonrpc", "somebody else's, over HTTP"],
)}`,
    )
    .action(action(check));
}

async function check(address: string, options: CheckCommandOptions): Promise<ExitCode> {
  const timeout = options.timeout === 0 ? WAIT_MS : Math.min(options.timeout, WAIT_MS);
  const dialler = diallerOf(address, { ...options, timeout });
  const { target } = dialler;
  const signal = interruption();
  const prober = new Prober(async () => new Conversation(await dialler.dial(signal), dialler.address), timeout);
  const first = await unlessInterrupted(runRow(rowsOfAll[0] as Row, prober), signal);
  const flood = { group: "torture", name: "many calls at once", section: "5", level: "must" } as const;
  const jobs: Job[] = [
    ...rowsAfter(first, rowsOfAll.slice(1)).map((row) => ({ about: row, run: () => runRow(row, prober) })),
    { about: flood, run: () => runFlood(prober) },
    ...violationsOf(target).map((violation) => ({
      about: { group: "framing", name: violation.name, section: "-", level: "should" } as const,
      run: () => runViolation(violation, target, tlsOf(options), prober, timeout),
    })),
  ];
  const report = new Report(options.json === true, jobs.length + 1);
  report.add(first);
  try {
    await runAll(jobs, report, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    prober.close();
  }
  report.end();
  if (signal.aborted) throw new InterruptedError();
  return report.failed === 0 ? ExitCode.Ok : ExitCode.Negative;
}

async function runAll(jobs: readonly Job[], report: Report, signal: AbortSignal): Promise<void> {
  const end = performance.now() + TOTAL_MS;
  for (const { about, run } of jobs) {
    const { group, name, section, level } = about;
    if (performance.now() > end) {
      report.add({ group, name, section, level, outcome: "skipped", why: "the time was up" });
      continue;
    }
    try {
      report.add(await unlessInterrupted(run(), signal));
    } catch (error) {
      if (!(error instanceof DialError)) throw error;
      // It was there before: what it was sent since has ended it.
      const flaw = "the server cannot be reached any more";
      const [expected, got] = ["that it goes on serving", error.message];
      report.add({ group, name, section, level: "must", outcome: "failed", expected, got, flaw });
      return;
    }
  }
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
