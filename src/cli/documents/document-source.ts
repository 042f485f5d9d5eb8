import { InvalidDocumentError } from "../../openrpc/document/invalid-document-error.ts";
import { isRpcError } from "../../protocol/errors/rpc-error.ts";
import { withoutSecrets } from "../../transport/address.ts";
import { meantFor, ofDialling } from "../connect/meaning.ts";
import type { ConnectOptions } from "../connect/options.ts";
import { UsageError } from "../usage-error.ts";
import type { Sources } from "../words/sources.ts";
import { askForDocument } from "./ask.ts";
import { NoDocumentError, refusal } from "./no-document-error.ts";

/* A scheme has two letters at least: what has one is a drive of Windows. */
const schemed = /^[a-z][a-z0-9+.-]+:/i;

/** Where a document is to come from: an address, whose server is asked, a file, or `-` for standard input. */
export class DocumentSource {
  /** Whether a server is asked. */
  readonly isAddress: boolean;
  readonly #word: string;

  constructor(word: string) {
    this.#word = word;
    this.isAddress = schemed.test(word);
  }

  /** Its text, or what a server answers; nothing of it is checked yet. */
  async read(options: ConnectOptions, sources: Sources, signal: () => AbortSignal): Promise<unknown> {
    if (this.#word === "-") return await sources.stdin();
    if (!this.isAddress) return await sources.file(this.#word);
    try {
      return await askForDocument(this.#word, meantFor(options, this.#word, ofDialling), signal());
    } catch (error) {
      throw isRpcError(error) ? new NoDocumentError(this.#shown, refusal(error), { cause: error }) : error;
    }
  }

  /** Runs what reads the document: that it is none is told with the place it came from. */
  blamed<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof InvalidDocumentError)) throw error;
      if (this.isAddress) throw new NoDocumentError(this.#shown, error.message, { cause: error });
      throw new UsageError(`${this.#shown} is no OpenRPC document: ${error.message}`, { cause: error });
    }
  }

  get #shown(): string {
    if (this.#word === "-") return "standard input";
    return this.isAddress ? withoutSecrets(this.#word) : this.#word;
  }
}
