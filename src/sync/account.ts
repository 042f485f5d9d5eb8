import { versionNamed } from "../protocol/legacy.ts";
import type { Version } from "../protocol/version.ts";
import { guardedLogger, type Logger } from "../service/logger.ts";
import type { SyncClientOptions } from "./options.ts";
import type { Opening } from "./order.ts";

let last = 0;

/** What a thread keeps of one of its clients: what it is made of, and who hears what it has to say. */
export class Account {
  readonly number = ++last;
  readonly opening: Opening;
  readonly version: Version;
  readonly logger: Logger;
  readonly #onLine: ((line: string) => void) | undefined;

  constructor(opening: Opening, { logger, stdio, version = "2.0" }: SyncClientOptions) {
    this.opening = opening;
    this.version = versionNamed(version);
    this.logger = guardedLogger(logger);
    this.#onLine = typeof stdio?.stderr === "function" ? stdio.stderr : undefined;
  }

  /** A line that the child wrote to its standard error. */
  heardLine(line: string): void {
    try {
      this.#onLine?.(line);
    } catch {
      // As for `Client`: there is nobody to tell.
    }
  }
}
