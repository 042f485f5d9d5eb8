import type { Logger } from "../../src/service/logger.ts";

type Level = keyof Logger;

/** A logger that keeps what it is told, for a test to look at and to wait for. */
export class Log implements Logger {
  readonly entries: { readonly level: Level; readonly message: string; readonly details: readonly unknown[] }[] = [];
  readonly #waiters = new Set<() => void>();

  debug = this.#taker("debug");
  info = this.#taker("info");
  warn = this.#taker("warn");
  error = this.#taker("error");

  /** What was said, at one level or at warning and above. */
  lines(level?: Level): string[] {
    const wanted = level ? [level] : ["warn", "error"];
    return this.entries.filter((entry) => wanted.includes(entry.level)).map(({ message }) => message);
  }

  /** Resolves once something like it was said. */
  said(pattern: RegExp): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!this.entries.some(({ message }) => pattern.test(message))) return;
        this.#waiters.delete(look);
        resolve();
      };
      this.#waiters.add(look);
      look();
    });
  }

  #taker(level: Level) {
    return (message: string, ...details: unknown[]): void => {
      this.entries.push({ level, message, details });
      for (const look of [...this.#waiters]) look();
    };
  }
}
