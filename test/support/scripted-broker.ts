import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { cleanUp, type Ending } from "./cleanup.ts";

/** What came to a broker on one connection: subscriptions by their numbers, and what was published. */
export interface Published {
  readonly subject: string;
  readonly reply: string;
  readonly text: string;
  readonly broker: BrokerConnection;
}

/** One connection to a broker that says whatever a test likes. */
export class BrokerConnection {
  readonly socket: Socket;
  /** Subject by number. */
  readonly subscriptions = new Map<string, string>();

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** Sends lines of NATS' protocol, as they are. */
  say(lines: string): void {
    this.socket.write(lines);
  }

  /** Delivers a message to whoever listens under the start of its subject. */
  deliver(subject: string, text: string, headers?: string): void {
    for (const [number, pattern] of this.subscriptions) {
      if (subject !== pattern && !(pattern.endsWith(".*") && subject.startsWith(pattern.slice(0, -1)))) continue;
      if (headers === undefined) this.say(`MSG ${subject} ${number} ${Buffer.byteLength(text)}\r\n${text}\r\n`);
      else {
        const length = Buffer.byteLength(headers);
        this.say(`HMSG ${subject} ${number} ${length} ${length + Buffer.byteLength(text)}\r\n${headers}${text}\r\n`);
      }
    }
  }
}

/** What a scripted broker does. */
export interface Script {
  /** Something was published. */
  published(message: Published): void;
  /** Whether a subscription is taken. Default: it is. */
  subscribed?(subject: string, broker: BrokerConnection): boolean;
}

const INFO = {
  server_id: "scripted",
  version: "2.9.10",
  proto: 1,
  headers: true,
  max_payload: 1_048_576,
};

/**
 * A broker that says what a test tells it to, also what no real one would (NATS' client protocol,
 * https://docs.nats.io/reference/reference-protocols/nats-protocol).
 *
 * @returns `host:port`
 */
export async function scriptedBroker(test: Ending, script: Script): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    const broker = new BrokerConnection(socket);
    broker.say(`INFO ${JSON.stringify(INFO)}\r\n`);
    let rest = "";
    // One character a byte, so that lengths are those of the protocol.
    socket.setEncoding("latin1").on("data", (data) => {
      rest = readAll(rest + data, broker, script);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUp(test, () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** @returns what is not whole yet */
function readAll(input: string, broker: BrokerConnection, script: Script): string {
  let rest = input;
  for (;;) {
    const end = rest.indexOf("\r\n");
    if (end < 0) return rest;
    const [verb, ...words] = rest.slice(0, end).split(" ");
    const after = rest.slice(end + 2);
    if (verb === "PUB") {
      const length = Number(words.at(-1));
      if (after.length < length + 2) return rest;
      const text = Buffer.from(after.slice(0, length), "latin1").toString();
      rest = after.slice(length + 2);
      script.published({ subject: words[0] ?? "", reply: words.length > 2 ? (words[1] ?? "") : "", text, broker });
      continue;
    }
    rest = after;
    if (verb === "PING") broker.say("PONG\r\n");
    if (verb === "SUB" && script.subscribed?.(words[0] ?? "", broker) !== false) {
      broker.subscriptions.set(words.at(-1) ?? "", words[0] ?? "");
    }
  }
}
