import type { Clock } from "../time/clock.ts";
import type { Link } from "./link.ts";

/** Closes a link in good order, and cuts it when that takes longer than `timeout` milliseconds. */
export async function closeWithin(link: Link, closed: Promise<void>, timeout: number, clock: Clock): Promise<void> {
  link.close();
  const cancel = clock.after(
    timeout,
    () => link.destroy(new Error(`the peer did not take what was sent within ${timeout} ms`)),
    true,
  );
  await closed;
  cancel();
}
