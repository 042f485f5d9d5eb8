/** Where the library says what happened: `console` is one, and pino's loggers are. */
export interface Logger {
  debug(message: string, ...details: unknown[]): void;
  info(message: string, ...details: unknown[]): void;
  warn(message: string, ...details: unknown[]): void;
  error(message: string, ...details: unknown[]): void;
}

/** The default: warnings and errors to the console (standard error), the rest nowhere. */
export const consoleLogger: Logger = {
  debug() {},
  info() {},
  warn: (message, ...details) => console.warn(message, ...details),
  error: (message, ...details) => console.error(message, ...details),
};

/** A logger that cannot hurt: what the given one throws or rejects with is dropped, since there is nobody left to tell. */
class GuardedLogger implements Logger {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  debug(message: string, ...details: unknown[]): void {
    this.#say("debug", message, details);
  }

  info(message: string, ...details: unknown[]): void {
    this.#say("info", message, details);
  }

  warn(message: string, ...details: unknown[]): void {
    this.#say("warn", message, details);
  }

  error(message: string, ...details: unknown[]): void {
    this.#say("error", message, details);
  }

  #say(level: keyof Logger, message: string, details: unknown[]): void {
    try {
      const outcome: unknown = this.#logger[level](message, ...details);
      // One that writes to somewhere far may well be async.
      if (outcome instanceof Promise) outcome.catch(() => {});
    } catch {}
  }
}

const guardedConsole = new GuardedLogger(consoleLogger);

/** Guards a logger, once: a server's connections share its guard. */
export function guardedLogger(logger?: Logger): Logger {
  if (logger === undefined) return guardedConsole;
  return logger instanceof GuardedLogger ? logger : new GuardedLogger(logger);
}
