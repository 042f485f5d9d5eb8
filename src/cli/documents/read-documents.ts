import { assertMeant, ofDialling } from "../connect/meaning.ts";
import type { ConnectOptions } from "../connect/options.ts";
import { interruption } from "../interruption.ts";
import { UsageError } from "../usage-error.ts";
import { systemSources } from "../words/sources.ts";
import { DocumentSource } from "./document-source.ts";

/** A document, not checked yet, and where it came from. */
export interface FoundDocument {
  readonly source: DocumentSource;
  readonly value: unknown;
}

/**
 * Gets the documents that words of the command line stand for: files and standard input first, so that nobody is dialled when
 * one of them is missing.
 *
 * @throws UsageError, NoDocumentError, and what a call throws
 */
export async function readDocuments(words: readonly string[], options: ConnectOptions): Promise<FoundDocument[]> {
  if (words.filter((word) => /^stdio:/i.test(word)).length > 1) {
    throw new UsageError("expected one stdio: address at most, since one program stands behind --");
  }
  const sources = systemSources();
  const all = words.map((word) => new DocumentSource(word));
  const addresses = words.filter((_word, index) => all[index]?.isAddress);
  assertMeant(options, addresses, ofDialling);
  let made: AbortSignal | undefined;
  // Only where a server is asked: Ctrl-C ends the reading of standard input by itself.
  const signal = () => {
    made ??= interruption();
    return made;
  };
  const values = new Map<DocumentSource, unknown>();
  for (const source of all.toSorted((one, other) => Number(one.isAddress) - Number(other.isAddress))) {
    values.set(source, await source.read(options, sources, signal));
  }
  return all.map((source) => ({ source, value: values.get(source) }));
}
