import type { Channel } from "../../connection/channel.ts";
import { newCounters } from "../../protocol/limit-counters.ts";
import { resolveLimits } from "../../protocol/limits.ts";
import type { ServerOptions } from "../../server/options.ts";
import { Server } from "../../server/server.ts";
import type { Service } from "../../service/service.ts";
import { InvalidAddressError, withoutSecrets } from "../../transport/address.ts";
import { routeTo } from "../../transport/registry.ts";
import type { AcceptOptions, Attachment, Listener } from "../../transport/transport.ts";
import { ListenError } from "../listen-error.ts";

/** Who takes what comes in at an address now. */
interface Taker extends Pick<AcceptOptions, "serve" | "admit"> {
  readonly accept: (channel: Channel) => void;
}

/* How long the last answers may take on their way to slow readers. */
const FLUSH_MS = 5_000;

/**
 * Addresses that stay while the service behind them is replaced: who comes in goes to the newest service, and who came in before
 * gets the answers that are owed from the one that was there then.
 */
export class Front {
  /** Resolves when all its addresses have ended by themselves: `stdio:` does, with its peer. */
  readonly ended: Promise<unknown>;
  readonly #doors: readonly AddressFront[];
  readonly #options: ServerOptions;
  readonly #closing = new Set<Promise<void>>();
  #server: Server | undefined;

  private constructor(doors: readonly AddressFront[], options: ServerOptions) {
    this.#doors = doors;
    this.#options = options;
    this.ended = Promise.all(doors.map((door) => door.listener.ended ?? new Promise(() => {})));
  }

  /**
   * Listens; what comes in before `serve` waits for it.
   *
   * @throws InvalidAddressError, ListenError; nothing listens then
   */
  static async listen(addresses: readonly string[], options: ServerOptions): Promise<Front> {
    const doors: AddressFront[] = [];
    try {
      for (const address of addresses) doors.push(await AddressFront.listen(address, options));
    } catch (error) {
      await Promise.all(doors.map((door) => door.close()));
      const address = addresses[doors.length] ?? "";
      throw error instanceof InvalidAddressError ? error : new ListenError(withoutSecrets(address), error);
    }
    return new Front(doors, options);
  }

  get addresses(): readonly string[] {
    return this.#doors.map((door) => door.listener.address);
  }

  /** Puts a service in the place of the one that was there, which drains for up to `timeout` milliseconds. */
  serve(service: Service, timeout: number): void {
    const before = this.#server;
    const server = new Server(service, this.#options);
    for (const door of this.#doors) server.attach(door);
    this.#server = server;
    if (before) this.#track(before.close({ timeout }));
  }

  /** Stops listening, drains and ends its connections. */
  async close(timeout: number): Promise<void> {
    const closing = this.#doors.map((door) => door.close());
    if (this.#server) this.#track(this.#server.close({ timeout }));
    await Promise.all([...this.#closing]);
    await Promise.allSettled(closing);
    await Promise.all(this.#doors.map((door) => door.listener.end?.(FLUSH_MS)));
  }

  #track(closing: Promise<void>): void {
    this.#closing.add(closing);
    void closing.finally(() => this.#closing.delete(closing));
  }
}

/** One address, as something that servers attach themselves to, each in the place of the last. */
class AddressFront implements Attachment {
  readonly limits;
  listener!: Listener;
  #taker: Taker | undefined;
  #arrive: () => void = () => {};
  /** Whom the transport wants told of methods, if it listens for them one by one. */
  #told: ((name: string) => void) | undefined;
  #untell: () => void = () => {};
  #closing: Promise<void> | undefined;
  /** Resolves when there is somebody to take what comes in. */
  readonly #attended = new Promise<void>((resolve) => {
    this.#arrive = resolve;
  });

  private constructor(limits: Attachment["limits"]) {
    this.limits = limits;
  }

  static async listen(address: string, options: ServerOptions): Promise<AddressFront> {
    const route = routeTo(address);
    const transport = await route.load();
    const front = new AddressFront(resolveLimits(options.limits, transport.limits));
    const { tls, unix, ws, http, nats } = options;
    front.listener = await transport.listen(
      route.address,
      {
        limits: front.limits,
        transport: { ...options.transport, tls, unix, ws, http, nats },
        refused: (error) =>
          options.logger?.warn(`a connection to ${route.address.shown} was refused: ${error.message}`),
        serve: async (text, caller) => (await front.#attendant()).serve(text, caller),
        // Before anybody takes what comes in nobody is refused.
        admit: (from) => front.#taker?.admit(from) ?? (() => {}),
        counters: newCounters(),
        methods(told) {
          front.#told = told;
          return () => {
            front.#untell();
            front.#told = undefined;
          };
        },
      },
      (channel) => void front.#attendant().then((taker) => taker.accept(channel)),
    );
    return front;
  }

  listen(options: Pick<AcceptOptions, "serve" | "methods" | "admit">, accept: (channel: Channel) => void): Listener {
    this.#taker = { accept, serve: options.serve, admit: options.admit };
    this.#untell();
    if (this.#told) this.#untell = options.methods(this.#told);
    this.#arrive();
    const { address, finishes } = this.listener;
    // The address outlives the server that is attached to it, until it is closed itself.
    return { address, ...(finishes && { finishes }), close: () => this.#closing ?? Promise.resolve() };
  }

  /** Stops listening. */
  close(): Promise<void> {
    this.#closing ??= this.listener.close();
    return this.#closing;
  }

  async #attendant(): Promise<Taker> {
    await this.#attended;
    return this.#taker as Taker;
  }
}
