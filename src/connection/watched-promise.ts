import { type Deferred, deferredOf } from "./deferred.ts";

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

  /** To be called when it is rejected: sees to it that nobody else complains, and runs the action if nobody asks soon. */
  unlessAsked(action: () => void): void {
    super.then(undefined, () => {});
    // Whoever awaits it next asks some microtasks after it was rejected.
    setTimeout(() => {
      if (!this.#asked) action();
    }, 0);
  }
}

/** A watched promise, and what settles it. */
export interface WatchedDeferred<T> extends Deferred<T> {
  readonly promise: WatchedPromise<T>;
}

export function watchedDeferred<T>(): WatchedDeferred<T> {
  return deferredOf(WatchedPromise) as WatchedDeferred<T>;
}
