import type { Duplex } from "node:stream";

/** Resolves once the other end of a socket has ended or reset the connection. What it sent is thrown away. */
export function gone(socket: Duplex): Promise<void> {
  socket.on("error", () => {});
  return new Promise((resolve) => {
    socket.once("end", resolve).once("close", () => resolve());
    socket.resume();
  });
}
