/*
 * What a library must do to be measured. An adapter is the smallest program its own documentation would have one
 * write: a server with one method that gives back its argument, and a client that calls it.
 */

/** How a server is made. */
export interface ServeOptions {
  /** Key and certificate, for adapters that say `tls`. */
  readonly tls?: { readonly key: string; readonly cert: string } | undefined;
  /** Raise limits that would cut in, for the growth curves and nothing else. */
  readonly raised?: boolean | undefined;
  /** How many methods to register besides `echo`. */
  readonly extraMethods?: number | undefined;
}

export interface Served {
  readonly port: number;
  /** How many notifications have arrived, where the adapter has them. */
  notified?(): number;
}

/** How a client is made. */
export interface ConnectOptions {
  readonly port: number;
  /** The certificate to trust, for adapters that say `tls`. */
  readonly ca?: string | undefined;
  readonly raised?: boolean | undefined;
}

/** One connection of a client. */
export interface Caller {
  /** Calls `echo`. */
  echo(text: string): PromiseLike<string>;
  /** Calls a method that never answers. */
  hold?(text: string): PromiseLike<unknown>;
  /** Notifies, and need not be awaited. */
  notify?(text: string): void;
  /** Calls `echo` for each text, in one batch. */
  batch?(texts: readonly string[]): PromiseLike<readonly string[]>;
  /** Resolves when the connection is over, as far as the library tells. */
  close(): Promise<void> | void;
}

/** Raw requests for a client that asks and never reads. */
export interface RawRequests {
  readonly over: "tcp" | "ws";
  request(id: number, text: string): string;
}

export interface Adapter {
  serve(options: ServeOptions): Promise<Served>;
  connect(options: ConnectOptions): Promise<Caller>;
  readonly raw?: RawRequests;
}

/** The loopback address; nothing here ever talks to another. */
export const HOST = "127.0.0.1";
