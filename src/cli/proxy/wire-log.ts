import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { UsageError } from "../usage-error.ts";

/** A line of a recording: `tsjason proxy --log` writes them, `tsjason replay` reads them. */
export interface WireRecord {
  /** ISO 8601. */
  readonly time: string;
  /** Counted from 1; over HTTP each request counts as one. */
  readonly connection: number;
  /** Who said it: the side that dialled the proxy, or the one the proxy dialled. */
  readonly from: "client" | "target";
  /** The message as it was. */
  readonly text: string;
}

/** Writes a recording, a line of JSON a message, behind what the file has. */
export class WireLog {
  readonly #file: WriteStream;
  #failed = false;

  private constructor(file: WriteStream, failed: (error: Error) => void) {
    this.#file = file;
    file.on("error", (error) => {
      if (!this.#failed) failed(error);
      this.#failed = true;
    });
  }

  /**
   * @param failed - told once when nothing can be written any more
   * @throws UsageError when the file cannot be opened
   */
  static async open(path: string, failed: (error: Error) => void): Promise<WireLog> {
    const file = createWriteStream(path, { flags: "a", mode: 0o600 });
    try {
      await once(file, "open");
    } catch (cause) {
      throw new UsageError(`${path} cannot be written: ${(cause as Error).message}`, { cause });
    }
    return new WireLog(file, failed);
  }

  add(connection: number, from: WireRecord["from"], text: string): void {
    if (this.#failed) return;
    const record: WireRecord = { time: new Date().toISOString(), connection, from, text };
    this.#file.write(`${JSON.stringify(record)}\n`);
  }

  /** Resolves once all is written. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#failed) resolve();
      this.#file.once("error", () => resolve());
      this.#file.end(resolve);
    });
  }
}
