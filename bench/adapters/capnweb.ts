import { newWebSocketRpcSession, RpcTarget } from "capnweb";
import { WebSocket, WebSocketServer } from "ws";
import { type Adapter, HOST } from "../lib/adapter.ts";
import { openSocket, portOf } from "../lib/ws.ts";

class Echo extends RpcTarget {
  echo(text: string): string {
    return text;
  }
}

type Standard = globalThis.WebSocket;

// It looks for the platform's class, which Node.js 20 does not have yet.
globalThis.WebSocket ??= WebSocket as unknown as typeof globalThis.WebSocket;

/** Cap'n Web, over ws as its README shows. No JSON-RPC: its messages are its own. */
export const capnweb: Adapter = {
  async serve() {
    const server = new WebSocketServer({ port: 0, host: HOST });
    server.on("connection", (socket) => {
      void newWebSocketRpcSession(socket as unknown as Standard, new Echo());
    });
    return { port: await portOf(server) };
  },

  async connect({ port }) {
    const socket = await openSocket(new WebSocket(`ws://${HOST}:${port}`));
    const remote = newWebSocketRpcSession<Echo>(socket as unknown as Standard);
    return {
      echo: (text) => remote.echo(text) as PromiseLike<string>,
      close: () => remote[Symbol.dispose](),
    };
  },
};
