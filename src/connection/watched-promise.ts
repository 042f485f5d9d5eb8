/**
 * A promise whose rejection is never an unhandled one: when nobody has asked for its outcome soon after, it is
 * reported instead. For promises that many callers rightly ignore, such as those of a batch's members.
 */
export class WatchedPromise<T> extends Promise<T> {
  // What `then` gives is an ordinary promise again: its fate is its owner's affair.
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  #asked = false;

  // biome-ignore lint/suspicious/noThenProperty: a promise has one, and this one takes note of who calls it
  override then<A = T, B = never>(
    onResolve?: ((value: T) => A | PromiseLike<A>) | null,
    onReject?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#asked = true;
    return super.then(onResolve, onReject);
  }

  /**
   * Starts the watch.
   *
   * @param report - called with the reason when it rejects and nobody has asked
   * @returns a promise that resolves when this one settles, without counting as asking
   */
  watch(report: (reason: unknown) => void): Promise<void> {
    return super.then(
      () => {},
      (reason: unknown) => {
        // Whoever awaits it next asks some microtasks after it was rejected.
        setTimeout(() => {
          if (!this.#asked) report(reason);
        }, 0);
      },
    );
  }
}
