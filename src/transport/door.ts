import type { Server, Socket } from "node:net";
import { LimitError } from "../protocol/errors/limit-error.ts";
import type { AcceptOptions } from "./transport.ts";

/** What an HTTP client is told for whom there is no place, byte for byte (RFC 9110, section 15.6.4). */
export const UNAVAILABLE =
  "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n" +
  "Content-Length: 30\r\n\r\nthere are too many connections";

/**
 * Lets a server hear only of the sockets that there is room for: those who listen for its connections already hear of no
 * others. To be called when all of them do.
 *
 * @param farewell - what the others are told before they are closed. Default: nothing
 */
export function guard(
  server: Server,
  { admit }: Pick<AcceptOptions, "admit">,
  farewell?: (error: LimitError) => string,
): void {
  const listeners = server.listeners("connection") as ((socket: Socket) => void)[];
  server.removeAllListeners("connection");
  server.on("connection", (socket) => {
    try {
      socket.on("close", admit(socket.remoteAddress));
    } catch (error) {
      turnAway(socket, error instanceof LimitError ? farewell?.(error) : undefined);
      return;
    }
    for (const listener of listeners) listener.call(server, socket);
  });
}

/** Nothing is kept for it: whether it reads its farewell is its own affair. */
function turnAway(socket: Socket, farewell: string | undefined): void {
  socket.on("error", () => {});
  if (farewell === undefined) socket.destroy();
  else socket.end(farewell, () => socket.destroy());
}
