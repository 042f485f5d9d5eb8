/**
 * Lets the event loop go round some times.
 *
 * For showing that something does NOT happen, where there is no event to wait for. Never for waiting until something
 * does: that is what makes tests fail on a slow day.
 */
export async function turns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
