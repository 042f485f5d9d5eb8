import assert from "node:assert/strict";
import { type EventEmitter, once } from "node:events";
import type { Duplex } from "node:stream";
import type { TestContext } from "node:test";
import type { Channel } from "../../src/connection/channel.ts";
import { isExchange } from "../../src/connection/exchange.ts";
import { type Limits, resolveLimits } from "../../src/protocol/limits.ts";
import { parseAddress } from "../../src/transport/address.ts";
import type { Listener, Transport } from "../../src/transport/transport.ts";
import { accepting } from "./accepting.ts";

/** A transport under test, and the way there without it. */
export interface TransportUnderTest {
  /** Its scheme. */
  readonly name: string;
  readonly transport: Transport;
  /** An address to listen on that nobody listens on. */
  readonly address: (test: TestContext) => string;
  /** Options for either side. */
  readonly dialOptions?: () => Readonly<Record<string, unknown>>;
  readonly listenOptions?: () => Readonly<Record<string, unknown>>;
  /** A socket, or what stands for one, that dials, and its event that says that it works. */
  readonly rawDial: (address: string) => Duplex;
  readonly ready: "connect" | "secureConnect" | "ready" | "upgraded";
  /**
   * A server, or what stands for one, that is about to listen, and its event that gives a socket. Of transports over byte
   * streams only.
   */
  readonly rawListen?: (address: string) => EventEmitter & { close(): unknown };
  readonly accepts?: "connection" | "secureConnection";
}

/** How one test may differ. */
export interface StageOptions {
  readonly limits?: Partial<Limits>;
  readonly transport?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
  /** Takes the place of `stage.accept`. */
  readonly accept?: (channel: Channel) => void;
}

/** Listeners, dials and sockets of one test. What is left of them is put away after it. */
export class Stage {
  readonly #subject: TransportUnderTest;
  readonly #test: TestContext;
  readonly #accepted: Channel[] = [];
  readonly #refused: Error[] = [];
  #look: () => void = () => {};

  constructor(subject: TransportUnderTest, test: TestContext) {
    this.#subject = subject;
    this.#test = test;
  }

  /** Listens, by default on an address of its own. */
  async listen(address = this.#subject.address(this.#test), options: StageOptions = {}): Promise<Listener> {
    const { transport, listenOptions } = this.#subject;
    const told = {
      ...accepting(resolveLimits(options.limits, transport.limits)),
      transport: options.transport ?? listenOptions?.() ?? {},
      refused: (error: Error) => {
        this.#refused.push(error);
        this.#look();
      },
    };
    const listener = await transport.listen(parseAddress(address), told, (channel) => {
      this.#test.after(() => channel.destroy());
      if (options.accept) options.accept(channel);
      else this.#accepted.push(channel);
      this.#look();
    });
    this.#test.after(() => listener.close());
    return listener;
  }

  /** The next channel that a listener accepted. */
  async accept(): Promise<Channel> {
    await this.#until(() => this.#accepted.length > 0);
    return this.#accepted.shift() as Channel;
  }

  /** The next error that a listener reported. */
  async refusal(): Promise<NodeJS.ErrnoException> {
    await this.#until(() => this.#refused.length > 0);
    return this.#refused.shift() as Error;
  }

  /** The channels among the next `count` connections; the others were refused. */
  async acceptOrRefuse(count: number): Promise<Channel[]> {
    await this.#until(() => this.#accepted.length + this.#refused.length >= count);
    this.#refused.length = 0;
    return this.#accepted.splice(0);
  }

  async dial(address: string, options: StageOptions = {}): Promise<Channel> {
    const { transport, dialOptions } = this.#subject;
    const channel = await transport.connect(parseAddress(address), {
      limits: resolveLimits(options.limits, transport.limits),
      signal: options.signal ?? new AbortController().signal,
      transport: options.transport ?? dialOptions?.() ?? {},
    });
    assert(!isExchange(channel));
    this.#test.after(() => channel.destroy());
    return channel;
  }

  /** A listener, and both ends of a connection to it. */
  async connect(options?: StageOptions) {
    const listener = await this.listen(undefined, options);
    const [right, left] = await Promise.all([this.accept(), this.dial(listener.address, options)]);
    return { listener, left, right };
  }

  /** A connected socket that the transport knows nothing of. */
  async rawDial(address: string): Promise<Duplex> {
    const socket = this.#keep(this.#subject.rawDial(address));
    await once(socket, this.#subject.ready);
    return socket;
  }

  /** A server that the transport knows nothing of, listening; gives its first socket. */
  async rawListen(address: string): Promise<{ readonly accepted: Promise<Duplex> }> {
    const { rawListen, accepts } = this.#subject;
    if (!rawListen || !accepts) throw new Error("this transport is not over byte streams");
    const server = rawListen(address);
    this.#test.after(() => server.close());
    const accepted = once(server, accepts).then(([socket]) => this.#keep(socket));
    await once(server, "listening");
    return { accepted };
  }

  #keep(socket: Duplex): Duplex {
    this.#test.after(() => socket.destroy());
    return socket.on("error", () => {});
  }

  /** One at a time waits. */
  async #until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) {
      await new Promise<void>((resolve) => {
        this.#look = resolve;
      });
    }
  }
}
