import { once } from "node:events";
import type { Socket } from "node:net";

/** Ends a connection in good order; resolves when both ends have. */
export async function end(socket: Socket): Promise<void> {
  const closed = once(socket, "close");
  socket.end();
  await closed;
}
