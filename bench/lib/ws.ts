import type { WebSocket, WebSocketServer } from "ws";

/** Resolves once the server listens. */
export async function portOf(server: WebSocketServer): Promise<number> {
  if (!server.address()) await new Promise<void>((resolve) => server.once("listening", () => resolve()));
  return (server.address() as { port: number }).port;
}

/** Resolves with the socket once it is open. */
export function openSocket(socket: WebSocket): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    socket.once("open", () => resolve(socket));
    socket.once("error", reject);
  });
}

/** Closes it; resolves when both ends have. */
export async function endSocket(socket: WebSocket): Promise<void> {
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.close();
  await closed;
}
