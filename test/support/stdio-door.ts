import { EventEmitter } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { FramedChannel } from "../../src/framing/framed-channel.ts";
import { OwnStreams } from "../../src/transport/stdio/own.ts";
import { stdio, stdioFraming } from "../../src/transport/stdio/stdio.ts";
import type { Transport } from "../../src/transport/transport.ts";

const relay = fileURLToPath(new URL("./stdio-relay.mjs", import.meta.url));

/** What stands for the stdin and stdout of a process that serves. */
type Pair = readonly [stdin: Socket, stdout: Socket];

/**
 * Both ends of stdio in one process, for the suites: a dial starts a real child, `stdio-relay.mjs`, which hands what it
 * is told back to this process, and whoever listens here serves on that, with the same streams as on a real stdin and
 * stdout. Unlike a real process this one can serve again and again, and several at a time.
 */
export class StdioDoor {
  readonly #directory: string;
  readonly #pairs: Pair[] = [];
  #onPair: ((pair: Pair) => void) | undefined;
  #count = 0;

  /** @param directory - for its sockets */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Dials as stdio does, and listens at this door. */
  readonly transport: Transport = {
    limits: stdio.limits,
    connect: (address, options) => stdio.connect(address, options),
    listen: async (address, { limits }, accept) => {
      const framing = stdioFraming(address);
      this.#expect(([stdin, stdout]) => {
        accept(new FramedChannel(new OwnStreams(stdin, stdout), { framing, limits, peer: { transport: "stdio" } }));
      });
      return { address: address.url.href, close: async () => this.#expect(undefined) };
    },
  };

  /** The options of a dial that leads here. */
  dialOptions(): Readonly<Record<string, unknown>> {
    return { stdio: { command: process.execPath, args: [relay, this.#open()] } };
  }

  /** A way in without a child: a duplex that says "ready". */
  rawDial(): Duplex {
    const path = this.#open();
    const writable = connect(path);
    const readable = connect({ path, allowHalfOpen: true });
    const duplex = Duplex.from({ readable, writable });
    readable.once("connect", () => duplex.emit("ready"));
    return duplex;
  }

  /** Whoever comes in is a duplex that knows nothing of stdio. */
  rawListen(): EventEmitter & { close(): void } {
    const events = Object.assign(new EventEmitter(), { close: () => this.#expect(undefined) });
    this.#expect(([readable, writable]) => events.emit("connection", Duplex.from({ readable, writable })));
    setImmediate(() => events.emit("listening"));
    return events;
  }

  #expect(onPair: ((pair: Pair) => void) | undefined): void {
    this.#onPair = onPair;
    for (const pair of onPair ? this.#pairs.splice(0) : []) onPair?.(pair);
  }

  /** A place for two sockets to connect to, which make a pair. */
  #open(): string {
    const path = join(this.#directory, `${++this.#count}`);
    const sockets: Socket[] = [];
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
      sockets.push(socket);
      const [stdin, stdout] = sockets;
      if (!stdin || !stdout) return;
      server.close();
      if (this.#onPair) this.#onPair([stdin, stdout]);
      else this.#pairs.push([stdin, stdout]);
    });
    server.listen(path).unref();
    return path;
  }
}
