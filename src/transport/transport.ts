import type { Channel } from "../connection/channel.ts";
import type { Exchange, ServeExchange } from "../connection/exchange.ts";
import type { LimitCounters } from "../protocol/limit-counters.ts";
import type { Limits } from "../protocol/limits.ts";
import type { Address } from "./address.ts";
import type { WireTap } from "./wire-tap.ts";

/**
 * A SEAM: how channels and exchanges come about. A transport is a module that is loaded when an address of its scheme is
 * first used; `registerTransport` adds one. Every transport of channels passes `test/conformance/transport.ts`, and
 * every one of exchanges `test/conformance/exchange.ts`.
 */
export interface Transport {
  /** The limits that hold where the user gave none. */
  readonly limits: Limits;

  /**
   * Dials.
   *
   * @returns a channel that works; nobody has called `open` on it yet. Or, where the other end cannot push, exchanges
   * @throws InvalidAddressError when the address makes no sense for this transport
   * @throws whatever the platform says, for example an `ECONNREFUSED`, as it is: the caller wraps it
   */
  connect(address: Address, options: DialOptions): Promise<Channel | Exchange>;

  /**
   * Listens.
   *
   * @param accept - called with each channel, as it is there; whoever is called opens it. Exchanges go to
   * `options.serve`
   * @throws InvalidAddressError, or whatever the platform says, for example an `EADDRINUSE`
   */
  listen(address: Address, options: AcceptOptions, accept: (channel: Channel) => void): Promise<Listener>;
}

/** Loads a transport when it is first needed. */
export type TransportLoader = () => Promise<Transport>;

/** What a transport is told when it dials. */
export interface DialOptions {
  readonly limits: Limits;
  /** Gives the dial up: whatever was opened is closed, and `connect` rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /**
   * What the user said under the transport's own name, for example `{ tls: { ca } }`; the transport knows its type. One
   * client gives the same object to all its dials, and no other client does.
   */
  readonly transport: Readonly<Record<string, unknown>>;
  /** @internal Hears the bytes, where the transport is one of byte streams: the command line shows them. */
  readonly tap?: WireTap | undefined;
}

/** What a transport is told when it listens. */
export interface AcceptOptions {
  readonly limits: Limits;
  readonly transport: Readonly<Record<string, unknown>>;
  /** Where to report what went wrong before there was a channel, for example a failed TLS handshake. */
  readonly refused: (error: Error) => void;
  /**
   * Takes a place for one more connection: to be asked before anything is done for it.
   *
   * @param address - the IP address it comes from, where there is one
   * @returns what gives the place back
   * @throws LimitError when there is none; it was reported already
   */
  readonly admit: (address: string | undefined) => () => void;
  /** Where to count the limits that are held here, and nowhere reported. */
  readonly counters: LimitCounters;
  /** Serves the texts of peers that cannot be called: for transports of exchanges, in the place of `accept`. */
  readonly serve: ServeExchange;
  /**
   * Tells the name of each method that is served, and of each that is added later, for transports that listen for them
   * one by one.
   *
   * @returns what ends it
   */
  readonly methods: (told: (name: string) => void) => () => void;
  /** Whether there may be others that nobody knows, as behind a proxy. Default: there are none. */
  readonly anyMethod?: boolean | undefined;
}

/** Something that listens. */
export interface Listener {
  /** The address to dial, with the port the system picked where port 0 was asked for. */
  readonly address: string;
  /** Resolves when it has ended by itself, where it can: stdio has one peer, and ends with it. */
  readonly ended?: Promise<void> | undefined;
  /**
   * Whether what comes while `close` goes on has been taken from others who would have served it: then it is served, and
   * not refused as a draining server's. Default: it is refused.
   */
  readonly finishes?: boolean;
  /**
   * Stops accepting. Channels that were accepted live on, and exchanges that have begun. Idempotent; resolves when the
   * address is free again.
   */
  close(): Promise<void>;
  /**
   * A listener of exchanges: ends what is left after `close`, when all are answered. Answers that are on their way have
   * `timeout` milliseconds, then they are cut; everything else is cut at once. Resolves when nothing is left.
   */
  end?(timeout: number): Promise<void>;
}

/**
 * A way to listen on what is there already, without an address of its own: a path of an HTTP server, for example. See
 * `Server.attach`.
 */
export interface Attachment {
  /** The limits that hold where the user gave none. */
  readonly limits: Limits;
  /** As a transport's `listen`; closing the listener leaves alone what it is attached to. */
  listen(options: Omit<AcceptOptions, "transport">, accept: (channel: Channel) => void): Listener;
}
