/**
 * Stands for the controller of a call that was aborted before anybody looked at its signal, which is made when somebody does.
 * When a caller leaves, or a service cancels what is pending, thousands of calls are aborted in one go, and a controller
 * for each would be most of what that takes.
 */
export class Aborted {
  readonly #reason: unknown;
  #signal: AbortSignal | undefined;

  constructor(reason: unknown) {
    this.#reason = reason;
  }

  get signal(): AbortSignal {
    this.#signal ??= AbortSignal.abort(this.#reason);
    return this.#signal;
  }

  /** It is. */
  abort(_reason: unknown): void {}
}
