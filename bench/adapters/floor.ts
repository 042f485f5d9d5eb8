import { createServer, connect as dial, type Socket } from "node:net";
import { createServer as createTlsServer, connect as dialTls } from "node:tls";
import { type Adapter, type Caller, HOST } from "../lib/adapter.ts";
import { end } from "../lib/end.ts";

/*
 * The yardstick: JSON-RPC over netstrings as one would write it by hand for one purpose, to be as fast as simple code
 * can be, with nothing that makes it safe. No limits, timeouts, signals or backpressure, nothing is validated, texts
 * are ASCII, methods answer at once, and a lost connection loses its calls.
 */

const COLON = 0x3a;
const ZERO = 0x30;
const FIRST_WRITE = 1_024;
const LARGEST_WRITE = 16 * 1_024;

/** Whether the first bytes of a turn of the event loop go out before it is over, so that both ends work at once. */
type Flush = "early" | "once-a-turn";

/** Netstrings over a socket, gathered: what is sent in one turn of the event loop goes out in few writes. */
class Wire {
  readonly #socket: Socket;
  readonly #receive: (text: string) => void;
  readonly #firstWrite: number;
  #gathered = "";
  #writeAt: number;
  #flushDue = false;
  /** A frame that is not whole yet, and how many bytes it takes at least. */
  #pieces: Buffer[] = [];
  #length = 0;
  #needed = 0;

  constructor(socket: Socket, flush: Flush, receive: (text: string) => void) {
    this.#socket = socket;
    this.#receive = receive;
    this.#firstWrite = flush === "early" ? FIRST_WRITE : Number.POSITIVE_INFINITY;
    this.#writeAt = this.#firstWrite;
    socket.setNoDelay(true);
    socket.on("data", this.#onData);
    socket.on("error", () => socket.destroy());
  }

  send(text: string): void {
    this.#gathered += `${text.length}:${text},`;
    if (this.#gathered.length >= this.#writeAt) {
      this.#write();
      this.#writeAt = Math.min(this.#writeAt * 2, LARGEST_WRITE);
    }
    if (!this.#flushDue) {
      this.#flushDue = true;
      process.nextTick(this.#flush);
    }
  }

  close(): Promise<void> {
    return end(this.#socket);
  }

  #write(): void {
    if (this.#gathered !== "") this.#socket.write(this.#gathered, "latin1");
    this.#gathered = "";
  }

  readonly #flush = (): void => {
    this.#flushDue = false;
    this.#writeAt = this.#firstWrite;
    this.#write();
  };

  readonly #onData = (data: Buffer): void => {
    let chunk = data;
    if (this.#pieces.length > 0) {
      this.#pieces.push(data);
      this.#length += data.length;
      if (this.#length < this.#needed) return;
      chunk = Buffer.concat(this.#pieces, this.#length);
      this.#pieces = [];
    }
    let text: string | undefined;
    let at = 0;
    while (at < chunk.length) {
      let length = 0;
      let colon = at;
      for (; colon < chunk.length && chunk[colon] !== COLON; colon++) {
        length = length * 10 + (chunk[colon] as number) - ZERO;
      }
      const end = colon + 1 + length;
      if (end >= chunk.length) {
        this.#pieces.push(at === 0 ? chunk : chunk.subarray(at));
        this.#length = chunk.length - at;
        this.#needed = end + 1 - at;
        return;
      }
      text ??= chunk.toString("latin1");
      this.#receive(text.substring(colon + 1, end));
      at = end + 1;
    }
  };
}

class FloorClient implements Caller {
  readonly #wire: Wire;
  /** What settles the pending calls, by id, and the ids that are free. */
  readonly #pending: ((result: unknown) => void)[] = [];
  readonly #free: number[] = [];

  constructor(socket: Socket, flush: Flush) {
    this.#wire = new Wire(socket, flush, (text) => {
      const { id, result } = JSON.parse(text) as { id: number; result: unknown };
      this.#free.push(id);
      this.#pending[id]?.(result);
    });
  }

  call(method: string, params: unknown[]): Promise<unknown> {
    return new Promise((resolve) => {
      const id = this.#free.pop() ?? this.#pending.length;
      this.#pending[id] = resolve;
      this.#wire.send(
        `{"jsonrpc":"2.0","id":${id},"method":${JSON.stringify(method)},"params":${JSON.stringify(params)}}`,
      );
    });
  }

  echo(text: string): Promise<string> {
    return this.call("echo", [text]) as Promise<string>;
  }

  hold(text: string): Promise<unknown> {
    return this.call("hold", [text]);
  }

  notify(text: string): void {
    this.#wire.send(`{"jsonrpc":"2.0","method":"notify","params":${JSON.stringify([text])}}`);
  }

  close(): Promise<void> {
    return this.#wire.close();
  }
}

type Method = (...params: unknown[]) => unknown;

/** Serves methods on a socket. Those that answer `undefined` are not answered. */
export function serveFloor(socket: Socket, methods: ReadonlyMap<string, Method>, flush: Flush = "early"): void {
  const wire = new Wire(socket, flush, (text) => {
    const { id, method, params } = JSON.parse(text) as { id?: number; method: string; params: unknown[] };
    const result = methods.get(method)?.(...params);
    if (id !== undefined && result !== undefined) {
      wire.send(`{"jsonrpc":"2.0","id":${id},"result":${JSON.stringify(result)}}`);
    }
  });
}

/** A client of {@link serveFloor} on a socket. */
export function callFloor(socket: Socket, flush: Flush = "early"): Caller {
  return new FloorClient(socket, flush);
}

function floorThat(flush: Flush): Adapter {
  return {
    async serve({ tls, extraMethods = 0 }) {
      let notified = 0;
      const methods = new Map<string, Method>([
        ["echo", (text) => text],
        ["hold", () => undefined],
        ["notify", () => void notified++],
      ]);
      for (let i = 0; i < extraMethods; i++) methods.set(`method${i}`, (text) => text);
      const accept = (socket: Socket) => serveFloor(socket, methods, flush);
      const server = tls ? createTlsServer({ ...tls }, accept) : createServer(accept);
      await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
      return { port: (server.address() as { port: number }).port, notified: () => notified };
    },

    async connect({ port, ca }) {
      const socket = ca ? dialTls({ port, host: HOST, ca, servername: "localhost" }) : dial(port, HOST);
      await new Promise((resolve, reject) => {
        socket.once(ca ? "secureConnect" : "connect", resolve);
        socket.once("error", reject);
      });
      return callFloor(socket, flush);
    },

    raw: {
      over: "tcp",
      request(id, text) {
        const json = `{"jsonrpc":"2.0","id":${id},"method":"echo","params":${JSON.stringify([text])}}`;
        return `${json.length}:${json},`;
      },
    },
  };
}

export const floor = floorThat("early");
export const floorOnce = floorThat("once-a-turn");
