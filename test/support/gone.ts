import type { Socket } from "node:net";

/** Resolves once the other end of a socket has ended or reset the connection. What it sent is thrown away. */
export function gone(socket: Socket): Promise<void> {
  socket.on("error", () => {});
  return new Promise((resolve) => {
    socket.once("end", resolve).once("close", () => resolve());
    socket.resume();
  });
}
