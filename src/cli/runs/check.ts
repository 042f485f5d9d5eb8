import { DialError } from "../../connection/errors/dial-error.ts";
import type { Finding } from "../check/finding.ts";
import { Prober } from "../check/prober.ts";
import { runViolation, violationsOf } from "../check/raw-bytes.ts";
import { Report } from "../check/report.ts";
import { type Row, rowsOfAll } from "../check/rows.ts";
import { rowsAfter, runFlood, runRow } from "../check/run-rows.ts";
import { diallerOf } from "../connect/dial.ts";
import type { ConnectOptions } from "../connect/options.ts";
import { tlsOf } from "../connect/tls.ts";
import { ExitCode } from "../exit-code.ts";
import { interruption, unlessInterrupted } from "../interruption.ts";
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

/** Does what `tsjason check` is for. */
export async function run(address: string, options: CheckCommandOptions): Promise<ExitCode> {
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
  signal.throwIfAborted();
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
