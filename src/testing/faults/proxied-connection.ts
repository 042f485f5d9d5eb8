import type { Socket } from "node:net";
import type { Clock } from "../../time/clock.ts";
import type { Fault, Side } from "./fault.ts";
import { Lane } from "./lane.ts";

/** A connection through a {@link FaultProxy}: two sockets, and what goes from one to the other. */
export class ProxiedConnection {
  /** Which of the proxy's connections it is, counted from 0. */
  readonly index: number;
  /** Resolves once both sockets are gone. */
  readonly closed: Promise<void>;
  readonly #sockets: Readonly<Record<Side, Socket>>;
  readonly #lanes: Readonly<Record<Side, Lane>>;

  /** @internal */
  constructor(index: number, client: Socket, server: Socket, clock: Clock) {
    this.index = index;
    this.#sockets = { client, server };
    const strike = (fault: Fault) => this.#strike(fault);
    this.#lanes = { server: new Lane(client, server, clock, strike), client: new Lane(server, client, clock, strike) };
    // One end that breaks breaks the other, in the same way.
    client.on("error", () => reset(server));
    server.on("error", () => reset(client));
    this.closed = Promise.all([closed(client), closed(server)]).then(() => {});
  }

  /**
   * Lets something go wrong.
   *
   * ```ts
   * connection.apply({ kind: "cut", towards: "client", after: 10 });
   * ```
   */
  apply(fault: Fault): void {
    this.#lanes[checked(fault).towards].add(fault);
  }

  /** How many bytes have come on their way to that side. */
  bytesTowards(side: Side): number {
    return this.#lanes[side].bytes;
  }

  /** Ends both sides now. What was on its way is lost. */
  cut(): void {
    this.#stop();
    for (const socket of Object.values(this.#sockets)) socket.destroy();
  }

  /** As `cut`, and both sides see a reset. */
  reset(): void {
    this.#stop();
    for (const socket of Object.values(this.#sockets)) reset(socket);
  }

  #strike({ kind, towards }: Fault): void {
    if (kind === "cut") this.cut();
    else if (kind === "reset") this.reset();
    else this.#vanish(towards === "server" ? "client" : "server");
  }

  #vanish(side: Side): void {
    this.#stop();
    this.#sockets[side].destroy();
  }

  #stop(): void {
    for (const lane of Object.values(this.#lanes)) lane.stop();
  }
}

/** As rudely as the socket can: one that is no TCP socket, or has not connected, has no RST to send. */
export function reset(socket: Socket): void {
  // While its FIN is on its way a reset fails, and Node.js would lose the socket without closing it.
  const isEnding = socket.writableEnded && !socket.writableFinished;
  if (socket.remoteAddress === undefined || isEnding) socket.destroy();
  else socket.resetAndDestroy();
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

/** @throws TypeError or RangeError when it is no fault */
function checked(fault: Fault): Fault {
  const { kind, towards, after = 0 } = fault;
  if (!KINDS.has(kind)) throw new TypeError(`expected a fault (${[...KINDS].join(", ")}), got ${String(kind)}`);
  if (towards !== "client" && towards !== "server") {
    throw new TypeError(`expected a fault towards client or server, got ${String(towards)}`);
  }
  const isCount = (value: unknown, least: number) => Number.isInteger(value) && (value as number) >= least;
  if (!isCount(after, 0)) throw new RangeError(`expected a number of bytes as a fault's after, got ${String(after)}`);
  if (fault.kind === "split" && !isCount(fault.bytes, 1)) {
    throw new RangeError(`expected a number of bytes above zero to split into, got ${String(fault.bytes)}`);
  }
  return fault;
}

const KINDS = new Set<Fault["kind"]>([
  ...(["cut", "reset", "half-close", "vanish", "stall", "delay", "split", "garbage"] as const),
]);
