const claimed = new WeakSet<object>();

/**
 * Takes a port, worker, process or window for one channel: two on the same would read each other's mail.
 *
 * @returns what gives it back
 * @throws Error with the code `EADDRINUSE` when another channel has it
 */
export function claim(thing: object, what: string): () => void {
  if (claimed.has(thing)) {
    throw Object.assign(new Error(`there is a channel over this ${what} already`), { code: "EADDRINUSE" });
  }
  claimed.add(thing);
  return () => claimed.delete(thing);
}
