import { clientFor } from "../connect/client.ts";
import type { ConnectOptions } from "../connect/options.ts";
import { ExitCode } from "../exit-code.ts";
import { exitCodeOf } from "../exit-code-of.ts";
import { interruption } from "../interruption.ts";
import { errorRecord, shownError } from "../output/error.ts";
import { shownJson } from "../output/json.ts";
import { out } from "../output/out.ts";
import { safeText } from "../output/safe-text.ts";
import { UsageError } from "../usage-error.ts";
import { type BatchLine, batchLines } from "../words/batch-lines.ts";
import { systemSources } from "../words/sources.ts";

interface BatchCommandOptions extends ConnectOptions {
  readonly json?: boolean;
}

/** Does what `tsjason batch` is for. */
export async function run(address: string, file: string, options: BatchCommandOptions): Promise<ExitCode> {
  const client = clientFor(address, options);
  const sources = systemSources();
  const lines = await batchLines(file === "-" ? await sources.stdin() : await sources.file(file), sources);
  if (lines.length === 0) throw new UsageError("expected at least one call in the batch, got none");
  const signal = interruption();
  try {
    const members = client.batch();
    const settled = lines.map(({ method, params, notification }) =>
      notification ? members.notify(method, params) : members.call(method, params),
    );
    await members.send({ signal });
    signal.throwIfAborted();
    return show(lines, await Promise.allSettled(settled), options);
  } finally {
    await client.close();
  }
}

/** @returns the status of the worst that happened */
function show(
  lines: readonly BatchLine[],
  outcomes: readonly PromiseSettledResult<unknown>[],
  { json }: BatchCommandOptions,
): ExitCode {
  let worst: ExitCode = ExitCode.Ok;
  for (const [index, outcome] of outcomes.entries()) {
    const { line, method, notification } = lines[index] as BatchLine;
    if (outcome.status === "rejected") worst = Math.max(worst, exitCodeOf(outcome.reason)) as ExitCode;
    else if (notification) continue;
    if (json) out.line(JSON.stringify({ line, method, ...recordOf(outcome) }));
    else out.line(`${out.paint("dim", `${line}`)} ${out.paint("bold", safeText(method))} ${shownOutcome(outcome)}`);
  }
  return worst;
}

function recordOf(outcome: PromiseSettledResult<unknown>): object {
  return outcome.status === "fulfilled" ? { result: outcome.value } : errorRecord(outcome.reason);
}

function shownOutcome(outcome: PromiseSettledResult<unknown>): string {
  return outcome.status === "fulfilled" ? shownJson(outcome.value, out.paint) : shownError(outcome.reason, out.paint);
}
