import type { Params } from "../../protocol/message.ts";
import { UsageError } from "../usage-error.ts";
import { parseExactly } from "./exact-json.ts";
import { paramsOf } from "./params.ts";
import type { Sources } from "./sources.ts";
import { splitWords } from "./split.ts";

/** A member of a batch, as its line says it. */
export interface BatchLine {
  /** Counted from 1, as editors do. */
  readonly line: number;
  readonly method: string;
  readonly params: Params | undefined;
  readonly notification: boolean;
}

/**
 * Reads the lines of a batch: `method params…` as on the command line, or a request as JSON, which without an id is a
 * notification. Empty lines and those that start with # are skipped.
 *
 * @throws UsageError with the line's number
 */
export async function batchLines(text: string, sources: Sources): Promise<BatchLine[]> {
  const lines: BatchLine[] = [];
  for (const [index, each] of text.split(/\r?\n/).entries()) {
    const trimmed = each.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    try {
      lines.push({
        line: index + 1,
        ...(trimmed.startsWith("{") ? requestOf(trimmed) : await wordsOf(trimmed, sources)),
      });
    } catch (error) {
      throw new UsageError(`line ${index + 1}: ${(error as Error).message}`, { cause: error });
    }
  }
  return lines;
}

async function wordsOf(text: string, sources: Sources): Promise<Omit<BatchLine, "line">> {
  const [method = "", ...words] = splitWords(text);
  return { method, params: await paramsOf(words, sources), notification: false };
}

function requestOf(text: string): Omit<BatchLine, "line"> {
  const { method, params, id } = parseExactly(text) as { method?: unknown; params?: unknown; id?: unknown };
  if (typeof method !== "string") throw new UsageError("expected a request with a method");
  if (params !== undefined && (typeof params !== "object" || params === null)) {
    throw new UsageError("expected an array or an object as the params");
  }
  return { method, params: params as Params | undefined, notification: id === undefined };
}
