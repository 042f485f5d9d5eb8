import type { WireRecord } from "../proxy/wire-log.ts";
import { UsageError } from "../usage-error.ts";

/**
 * Reads a recording, as `tsjason proxy --log` writes it.
 *
 * @throws UsageError with the number of a line that is none of a recording
 */
export function recordingOf(text: string): WireRecord[] {
  const records: WireRecord[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const record = recordOf(line);
    if (!record) throw new UsageError(`line ${index + 1} is none of a recording: ${line.slice(0, 60)}`);
    records.push(record);
  }
  return records;
}

function recordOf(line: string): WireRecord | undefined {
  let record: Partial<WireRecord> | null;
  try {
    record = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof record !== "object" || record === null) return undefined;
  const { connection, from, text } = record;
  const isRecord = Number.isInteger(connection) && (from === "client" || from === "target") && typeof text === "string";
  return isRecord ? (record as WireRecord) : undefined;
}
