import { JSONRPCClient, type JSONRPCRequest, JSONRPCServer } from "json-rpc-2.0";
import { WebSocket, WebSocketServer } from "ws";
import { type Adapter, HOST } from "../lib/adapter.ts";
import { endSocket, openSocket, portOf } from "../lib/ws.ts";

/** It leaves the transport to its user; over ws it goes as its README shows. */
export const jsonRpc20: Adapter = {
  async serve() {
    let notified = 0;
    const rpc = new JSONRPCServer();
    rpc.addMethod("echo", ([text]) => text);
    rpc.addMethod("notify", () => {
      notified++;
    });
    const server = new WebSocketServer({ port: 0, host: HOST });
    server.on("connection", (socket) => {
      socket.on("message", (data) => {
        rpc.receiveJSON(String(data)).then((response) => {
          if (response) socket.send(JSON.stringify(response));
        });
      });
    });
    return { port: await portOf(server), notified: () => notified };
  },

  async connect({ port }) {
    const socket = await openSocket(new WebSocket(`ws://${HOST}:${port}`));
    const client = new JSONRPCClient((request) => socket.send(JSON.stringify(request)));
    socket.on("message", (data) => client.receive(JSON.parse(String(data))));
    let batchId = 1_000_000_000;
    return {
      echo: (text) => client.request("echo", [text], undefined),
      notify: (text) => client.notify("notify", [text], undefined),
      async batch(texts) {
        const requests: JSONRPCRequest[] = texts.map((text) => {
          return { jsonrpc: "2.0", id: batchId++, method: "echo", params: [text] };
        });
        const responses = await client.requestAdvanced(requests, undefined);
        return responses.map(({ result }) => result as string);
      },
      close: () => endSocket(socket),
    };
  },

  raw: {
    over: "ws",
    request: (id, text) => JSON.stringify({ jsonrpc: "2.0", id, method: "echo", params: [text] }),
  },
};
