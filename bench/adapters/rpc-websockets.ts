import { Client, Server } from "rpc-websockets";
import { type Adapter, HOST } from "../lib/adapter.ts";

export const rpcWebsockets: Adapter = {
  async serve() {
    let notified = 0;
    const server = new Server({ port: 0, host: HOST });
    server.register("echo", (params) => params[0]);
    server.register("notify", () => {
      notified++;
    });
    await new Promise<void>((resolve) => server.once("listening", () => resolve()));
    return { port: (server.wss.address() as { port: number }).port, notified: () => notified };
  },

  async connect({ port }) {
    const client = new Client(`ws://${HOST}:${port}`, { reconnect: false });
    await new Promise<void>((resolve, reject) => {
      client.once("open", () => resolve());
      client.once("error", reject);
    });
    return {
      echo: (text) => client.call("echo", [text]) as Promise<string>,
      notify: (text) => void client.notify("notify", [text]),
      close: () =>
        new Promise((resolve) => {
          client.once("close", () => resolve());
          client.close();
        }),
    };
  },

  raw: {
    over: "ws",
    request: (id, text) => JSON.stringify({ jsonrpc: "2.0", id, method: "echo", params: [text] }),
  },
};
