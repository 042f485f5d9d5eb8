/** What became of a member: its value, or, where it failed, the error. */
export interface Settled {
  readonly failed: boolean;
  readonly value: unknown;
}

/** Where the result of a batch's member is to be had, once the batch was sent. */
export class SyncResult<T> {
  readonly #method: string;
  #outcome: Settled | undefined;

  /** @internal */
  constructor(method: string) {
    this.#method = method;
  }

  /**
   * The result.
   *
   * @throws RpcError or CallError, what the member failed with, as `client.call` throws it
   * @throws Error when the batch was not sent
   */
  get(): T {
    if (!this.#outcome) throw new Error(`there is no result of ${this.#method}: its batch was not sent`);
    if (this.#outcome.failed) throw this.#outcome.value;
    return this.#outcome.value as T;
  }

  /** @internal */
  settle(outcome: Settled): void {
    this.#outcome = outcome;
  }
}
