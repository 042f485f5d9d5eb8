/** A promise, and what settles it. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T | PromiseLike<T>) => void;
  readonly reject: (reason: unknown) => void;
}

type Resolve = (value: unknown) => void;
type Reject = (reason: unknown) => void;

const nothing = () => {};
let latestResolve: Resolve = nothing;
let latestReject: Reject = nothing;

/* One function for all promises: to make one for each would double what a call leaves for the collector. */
const capture = (resolve: Resolve, reject: Reject): void => {
  latestResolve = resolve;
  latestReject = reject;
};

export function deferred<T>(): Deferred<T> {
  const promise = new Promise<unknown>(capture);
  const made = { promise, resolve: latestResolve, reject: latestReject };
  // Whoever settles a promise can reach its result, and here nothing is to be kept alive.
  latestResolve = nothing;
  latestReject = nothing;
  return made as Deferred<T>;
}
