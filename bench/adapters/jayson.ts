import { connect as dial, type Socket } from "node:net";
import jayson from "jayson";
import { type Adapter, type Caller, HOST } from "../lib/adapter.ts";
import { end } from "../lib/end.ts";

type Callback = (error: unknown, value?: unknown) => void;

/* What its type declarations leave out. */
interface Internals {
  Utils: {
    parseStream(stream: Socket, options: object, onMessage: Callback): void;
    JSON: { stringify(value: unknown, options: object, callback: Callback): void };
  };
  Client: new (server: null, options?: object) => InternalClient;
}

interface InternalClient {
  request(method: string, params: readonly unknown[], callback: Callback): unknown;
  request(method: string, params: readonly unknown[], id: null | undefined): unknown;
  request(batch: readonly unknown[], callback: Callback): void;
  _request(request: Request | readonly Request[], callback: Callback): void;
}

interface Request {
  readonly id?: string | null;
}

interface Response {
  readonly id: string;
  readonly result?: unknown;
  readonly error?: unknown;
}

const { Utils, Client } = jayson as unknown as Internals;

async function serve() {
  let notified = 0;
  const server = new jayson.Server({
    echo: ([text]: [string], done: Callback) => done(null, text),
    notify: (_params: unknown, done: Callback) => {
      notified++;
      done(null);
    },
  });
  const tcp = server.tcp();
  await new Promise<void>((resolve) => tcp.listen(0, HOST, resolve));
  return { port: (tcp.address() as { port: number }).port, notified: () => notified };
}

/**
 * Its own server, and its own client class with the one method exchanged that opens a connection for each call: here
 * all go over one. Requests and answers are made and read by jayson's own functions.
 */
class PipeliningClient extends Client {
  readonly #socket: Socket;
  readonly #pending = new Map<string, Callback>();

  constructor(socket: Socket) {
    super(null);
    this.#socket = socket;
    Utils.parseStream(socket, {}, (error, message) => {
      if (error) return;
      const key = keyOf(message as Response | readonly Response[]);
      const callback = this.#pending.get(key);
      this.#pending.delete(key);
      callback?.(null, message);
    });
  }

  override _request(request: Request | readonly Request[], callback: Callback): void {
    Utils.JSON.stringify(request, {}, (error, body) => {
      if (error) return callback(error);
      const key = keyOf(request);
      if (key !== undefined) this.#pending.set(key, callback);
      this.#socket.write(`${body}\n`);
    });
  }
}

/** A batch goes by its first member's id. */
function keyOf(message: Request | readonly Request[]): string {
  return ("length" in message ? message[0]?.id : message.id) as string;
}

function callerOf(client: InternalClient, close: Caller["close"]): Caller {
  return {
    echo: (text) =>
      new Promise((resolve, reject) => {
        client.request("echo", [text], (error, response) => {
          if (error || !response) reject(error ?? new Error("no answer"));
          else resolve((response as Response).result as string);
        });
      }),
    notify(text) {
      client._request(client.request("notify", [text], null) as Request, () => {});
    },
    batch: (texts) =>
      new Promise((resolve, reject) => {
        const batch = texts.map((text) => client.request("echo", [text], undefined));
        client.request(batch, (error, responses) => {
          if (error) reject(error);
          else resolve((responses as Response[]).map(({ result }) => result as string));
        });
      }),
    close,
  };
}

export const jaysonPipelined: Adapter = {
  serve,

  async connect({ port }) {
    const socket = dial(port, HOST);
    await new Promise((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    socket.setNoDelay(true);
    return callerOf(new PipeliningClient(socket), () => end(socket));
  },

  raw: {
    over: "tcp",
    request: (id, text) => `${JSON.stringify({ jsonrpc: "2.0", id, method: "echo", params: [text] })}\n`,
  },
};

/** Its tcp client as it comes: a connection for each call. */
export const jaysonClient: Adapter = {
  serve,

  async connect({ port }) {
    const client = jayson.Client.tcp({ port, host: HOST }) as unknown as InternalClient;
    return callerOf(client, () => {});
  },
};
