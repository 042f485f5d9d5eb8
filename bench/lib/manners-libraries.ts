import { createServer, connect as dial, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createBirpc } from "birpc";
import jayson from "jayson";
import { JSONRPCClient, JSONRPCServer } from "json-rpc-2.0";
import { Client as WsClient, Server as WsServer } from "rpc-websockets";
import { createMessageConnection, SocketMessageReader, SocketMessageWriter } from "vscode-jsonrpc/node";
import { WebSocket, WebSocketServer } from "ws";
import { HOST } from "./adapter.ts";
import type { MannersLibrary } from "./manners-library.ts";
import { loadProduct } from "./product.ts";
import { openSocket, portOf } from "./ws.ts";

/** The message of what `fail` throws: it has no business on the wire. */
export const SECRET = "a secret at /srv/app/key.pem";

const methods = {
  echo: (text: string) => text,
  slow: async (ms: number) => {
    await sleep(ms);
    return "slow";
  },
  big: () => 10n,
  fail: (): never => {
    throw new Error(SECRET);
  },
};

type Callback = (error: unknown, value?: unknown) => void;

function connected(socket: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once("connect", () => resolve(socket));
    socket.once("error", reject);
  });
}

async function listening(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  return (server.address() as { port: number }).port;
}

export const tsjason: MannersLibrary = {
  async serve() {
    const { listen, Service } = await loadProduct();
    const service = new Service();
    service.addMethod("echo", methods.echo);
    service.addMethod("slow", methods.slow);
    service.addMethod("big", methods.big);
    service.addMethod("fail", methods.fail);
    return Number(new URL((await listen(service, `tcp://${HOST}:0`)).address).port);
  },
  async connect(port) {
    const { Client } = await loadProduct();
    const client = new Client(`tcp://${HOST}:${port}`);
    await client.connect();
    return client;
  },
};

export const jaysonTcp: MannersLibrary = {
  async serve() {
    const server = new jayson.Server({
      echo: ([text]: [string], done: Callback) => done(null, methods.echo(text)),
      slow: ([ms]: [number], done: Callback) => void methods.slow(ms).then((value) => done(null, value)),
      big: (_: unknown, done: Callback) => done(null, methods.big()),
      fail: () => methods.fail(),
    });
    return listening(server.tcp());
  },
  async connect(port) {
    const client = jayson.Client.tcp({ port, host: HOST });
    return {
      call: (method, params) =>
        new Promise((resolve, reject) => {
          const done: Callback = (error, response) => {
            const { error: refusal, result } = (response ?? {}) as { error?: unknown; result?: unknown };
            if (error ?? refusal) reject(error ?? refusal);
            else resolve(response === undefined ? "neither answer nor error" : result);
          };
          client.request(method, [...params], done);
        }),
    };
  },
};

export const rpcWebsockets: MannersLibrary = {
  async serve() {
    const server = new WsServer({ port: 0, host: HOST });
    server.register("echo", (params) => methods.echo(params[0]));
    server.register("slow", (params) => methods.slow(params[0]));
    server.register("big", () => methods.big());
    server.register("fail", () => methods.fail());
    return portOf(server.wss);
  },
  async connect(port) {
    const client = new WsClient(`ws://${HOST}:${port}`);
    await new Promise<void>((resolve) => client.once("open", () => resolve()));
    client.on("error", () => {});
    return { call: (method, params) => client.call(method, [...params]) };
  },
};

export const jsonRpc20: MannersLibrary = {
  async serve() {
    const rpc = new JSONRPCServer({ errorListener: () => {} });
    rpc.addMethod("echo", ([text]) => methods.echo(text));
    rpc.addMethod("slow", ([ms]) => methods.slow(ms));
    rpc.addMethod("big", () => methods.big());
    rpc.addMethod("fail", () => methods.fail());
    const server = new WebSocketServer({ port: 0, host: HOST });
    server.on("connection", (socket) => {
      socket.on("error", () => {});
      socket.on("message", (data) => {
        rpc.receiveJSON(String(data)).then((response) => {
          if (response) socket.send(JSON.stringify(response));
        });
      });
    });
    return portOf(server);
  },
  async connect(port) {
    const socket = await openSocket(new WebSocket(`ws://${HOST}:${port}`));
    const client = new JSONRPCClient((request) => socket.send(JSON.stringify(request)));
    socket.on("message", (data) => client.receive(JSON.parse(String(data))));
    // Its README tells its users to.
    socket.on("close", () => client.rejectAllPendingRequests("the connection was closed"));
    socket.on("error", () => {});
    return { call: (method, params) => client.request(method, [...params], undefined) };
  },
};

export const vscodeJsonrpc: MannersLibrary = {
  async serve() {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      const connection = createMessageConnection(new SocketMessageReader(socket), new SocketMessageWriter(socket));
      connection.onRequest("echo", methods.echo);
      connection.onRequest("slow", methods.slow);
      connection.onRequest("big", methods.big);
      connection.onRequest("fail", methods.fail);
      connection.listen();
    });
    return listening(server);
  },
  async connect(port) {
    const socket = await connected(dial(port, HOST));
    socket.on("error", () => {});
    const connection = createMessageConnection(new SocketMessageReader(socket), new SocketMessageWriter(socket));
    connection.listen();
    return { call: (method, params) => connection.sendRequest(method, ...params) };
  },
};

function lines(socket: Socket) {
  socket.on("error", () => {});
  socket.setEncoding("utf8");
  return {
    post: (line: string) => void socket.write(`${line}\n`),
    on(receive: (line: string) => void) {
      let rest = "";
      socket.on("data", (chunk: string) => {
        const parts = (rest + chunk).split("\n");
        rest = parts.pop() as string;
        for (const line of parts) receive(line);
      });
    },
    serialize: JSON.stringify,
    deserialize: JSON.parse,
  };
}

export const birpc: MannersLibrary = {
  async serve() {
    return listening(createServer((socket) => void createBirpc(methods, lines(socket))));
  },
  async connect(port) {
    const socket = await connected(dial(port, HOST));
    const remote = createBirpc<typeof methods>({}, lines(socket));
    return { call: (method, params) => remote.$callRaw({ method, args: [...params] }) };
  },
};
