import { writeFileSync } from "node:fs";
import type { Client } from "../../client/client.ts";
import { htmlReport } from "../bench/html-report.ts";
import { LoadRun } from "../bench/load.ts";
import { ProgressLine } from "../bench/progress.ts";
import { type BenchResult, resultOf } from "../bench/result.ts";
import { textReport } from "../bench/text-report.ts";
import { clientFor } from "../connect/client.ts";
import type { ConnectOptions } from "../connect/options.ts";
import { ExitCode } from "../exit-code.ts";
import { interruption } from "../interruption.ts";
import { out } from "../output/out.ts";
import { UsageError } from "../usage-error.ts";
import { paramsOf } from "../words/params.ts";
import { systemSources } from "../words/sources.ts";

interface BenchCommandOptions extends ConnectOptions {
  readonly params?: string;
  readonly connections: number;
  readonly concurrency: number;
  readonly count: number;
  readonly duration: number;
  readonly rate?: number;
  readonly html?: string;
  readonly json?: boolean;
}

const MAX_DURATION = 3_600_000;
const LOOK_MS = 200;
/* A report of an hour has no more points than one of two minutes. */
const MAX_SAMPLES = 600;

/** Does what `tsjason bench` is for. */
export async function run(
  address: string,
  method: string,
  words: readonly string[],
  options: BenchCommandOptions,
): Promise<ExitCode> {
  if (options.duration > MAX_DURATION || options.duration <= 0) throw new UsageError("expected a --duration up to 60m");
  const clients = Array.from({ length: options.connections }, () => clientFor(address, options));
  const params = await paramsOf(words, systemSources(), options.params);
  const signal = interruption();
  try {
    // Whether anybody is there shows before anything is measured.
    await Promise.all(clients.map((client) => client.connect({ signal })));
    const call = (client: Client, stop: AbortSignal) => client.call(method, params, { signal: stop });
    const run = new LoadRun({ ...options, rate: options.rate, call }, signal);
    await watched(run, clients);
    const { connections, concurrency } = options;
    const setting = { address: clients[0]?.address ?? "", method, connections, concurrency, rate: options.rate };
    const result = resultOf(run, setting, signal.aborted);
    report(result, options);
    return exitCodeFor(result);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await Promise.all(clients.map((client) => client.close({ timeout: 1_000 })));
  }
}

/** Runs it and shows how it goes. */
async function watched(run: LoadRun, clients: readonly Client[]): Promise<void> {
  const line = new ProgressLine(process.stderr, out.paintError);
  let errors = 0;
  let every = 1;
  let ticks = 0;
  const timer = setInterval(() => {
    if (++ticks % every !== 0) return;
    const sample = run.look();
    errors += sample.errors;
    line.show(run.progress, sample, errors);
    if (run.samples.length % MAX_SAMPLES === 0) every *= 2;
  }, LOOK_MS);
  try {
    await run.run(clients);
  } finally {
    clearInterval(timer);
    line.clear();
  }
  run.look();
}

function report(result: BenchResult, { html, json }: BenchCommandOptions): void {
  out.line(json ? JSON.stringify(result) : textReport(result, out.paint));
  if (html === undefined) return;
  try {
    writeFileSync(html, htmlReport(result));
  } catch (cause) {
    throw new UsageError(`${html} cannot be written: ${(cause as Error).message}`, { cause });
  }
  out.note(`the charts are in ${html}`);
}

function exitCodeFor({ interrupted, results, errors }: BenchResult): ExitCode {
  if (interrupted) return ExitCode.Interrupted;
  const names = Object.keys(errors);
  if (names.length === 0) return ExitCode.Ok;
  return results === 0 && names.every((name) => /^(Dial|ConnectionLost)/.test(name))
    ? ExitCode.NoConnection
    : ExitCode.Negative;
}
