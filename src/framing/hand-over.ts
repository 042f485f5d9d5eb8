/** A promise that texts were handed over, kept by whoever hands them over. */
export interface HandOver {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

export function newHandOver(): HandOver {
  let resolve!: () => void;
  let reject!: (reason: Error) => void;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  // Whoever asked is told; nobody else has to hear of it.
  promise.catch(() => {});
  return { promise, resolve, reject };
}
