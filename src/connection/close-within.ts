import type { Clock } from "../time/clock.ts";

/** What can be closed in good order, or cut. */
export interface Closable {
  close(): void;
  destroy(reason?: Error): void;
}

/** Closes a link in good order, and cuts it when that takes longer than `timeout` milliseconds. */
export async function closeWithin(link: Closable, closed: Promise<void>, timeout: number, clock: Clock): Promise<void> {
  link.close();
  const cancel = clock.after(
    timeout,
    () => link.destroy(new Error(`the peer did not take what was sent within ${timeout} ms`)),
    true,
  );
  await closed;
  cancel();
}
