import type { HttpHeaders } from "../../transport/http/options.ts";
import { UsageError } from "../usage-error.ts";

/** @throws UsageError when a line is no header */
export function headersOf(lines: readonly string[] = []): HttpHeaders | undefined {
  if (lines.length === 0) return undefined;
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+)\s*:\s*(.*)$/.exec(line) ?? [];
      if (name === undefined) throw new UsageError(`expected a header as "name: value", got ${JSON.stringify(line)}`);
      return [name.toLowerCase(), value ?? ""];
    }),
  );
}
