import type { Deferred } from "./deferred.ts";

/**
 * A promise whose rejection is never an unhandled one: when nobody has asked for its outcome soon after, it is
 * reported instead. For promises that many callers rightly ignore, such as those of a batch's members.
 *
 * Whoever asks, by `await`, `then` or `Promise.all`, looks at the promise's constructor first (ECMA-262, 27.2.4.7.1 and
 * 27.2.5.4). That is taken note of; and as it finds `Promise`, `await` needs no promise around this one, which would cost
 * as much again as all else a batch does for a call.
 */
export class WatchedPromise<T> extends Promise<T> {
  #asked = false;

  static {
    Object.defineProperty(WatchedPromise.prototype, "constructor", {
      get(this: WatchedPromise<unknown>) {
        this.#asked = true;
        return Promise;
      },
    });
  }

  /** To be called when it is rejected: sees to it that nobody else complains, and runs the action if nobody asks soon. */
  unlessAsked(action: () => void): void {
    const asked = this.#asked;
    this.then(undefined, () => {});
    this.#asked = asked;
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

/* Not by `deferred`, which is quicker as long as it makes promises of one class only. */
export function watchedDeferred<T>(): WatchedDeferred<T> {
  let resolve!: Deferred<T>["resolve"];
  let reject!: Deferred<T>["reject"];
  const promise = new WatchedPromise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
