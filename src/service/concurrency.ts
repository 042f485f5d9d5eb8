/**
 * How many calls may run at once, as options give it.
 *
 * @returns Infinity for all, the default
 * @throws RangeError when it is no whole number above zero
 */
export function concurrencyOf(concurrency = Number.POSITIVE_INFINITY): number {
  if (concurrency === Number.POSITIVE_INFINITY || (Number.isInteger(concurrency) && concurrency > 0))
    return concurrency;
  throw new RangeError(`expected a whole number above zero as the concurrency, got ${String(concurrency)}`);
}
