import { createServer, connect as dial, type Socket } from "node:net";
import { createMessageConnection, SocketMessageReader, SocketMessageWriter } from "vscode-jsonrpc/node";
import { type Adapter, HOST } from "../lib/adapter.ts";
import { end } from "../lib/end.ts";

function connectionOver(socket: Socket) {
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  return createMessageConnection(new SocketMessageReader(socket), new SocketMessageWriter(socket));
}

export const vscodeJsonrpc: Adapter = {
  async serve() {
    let notified = 0;
    const server = createServer((socket) => {
      const connection = connectionOver(socket);
      connection.onRequest("echo", (text: string) => text);
      connection.onNotification("notify", () => {
        notified++;
      });
      connection.listen();
    });
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
    return { port: (server.address() as { port: number }).port, notified: () => notified };
  },

  async connect({ port }) {
    const socket = dial(port, HOST);
    await new Promise((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    const connection = connectionOver(socket);
    connection.listen();
    return {
      echo: (text) => connection.sendRequest<string>("echo", text),
      notify: (text) => void connection.sendNotification("notify", text),
      close() {
        connection.dispose();
        return end(socket);
      },
    };
  },

  raw: {
    over: "tcp",
    request(id, text) {
      const json = JSON.stringify({ jsonrpc: "2.0", id, method: "echo", params: [text] });
      return `Content-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`;
    },
  },
};
