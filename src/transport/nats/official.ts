/*
 * What is used here of the official packages, by shape: they are optional, and their own declarations do not stand up to
 * a compiler that is told to be strict and to check libraries.
 */

/** A connection to a broker, as `connect` of `@nats-io/transport-node` makes it: what is used of its `NatsConnection`. */
export interface NatsConnection {
  /** The broker's own words, while it is there. */
  readonly info?: { readonly max_payload: number } | undefined;
  publish(subject: string, payload?: string, options?: { reply?: string }): void;
  subscribe(
    subject: string,
    options?: { queue?: string; callback?: (error: Error | null, message: NatsMessage) => void },
  ): NatsSubscription;
  flush(): Promise<void>;
  status(): AsyncIterable<{ readonly type: string; readonly error?: Error }>;
  close(): Promise<void>;
  closed(): Promise<unknown>;
  isClosed(): boolean;
}

/** A message that came. */
export interface NatsMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  /** Where a reply is to go: `""` for nowhere. */
  readonly reply?: string | undefined;
  readonly headers?: { readonly code: number; get(name: string): string } | undefined;
  respond(payload?: string): boolean;
}

/** A subscription, which can be drained: taken back, with what is on its way still coming. */
export interface NatsSubscription {
  unsubscribe(): void;
  drain(): Promise<void>;
}

/** `@nats-io/transport-node`. */
export interface TransportModule {
  connect(options: object): Promise<NatsConnection>;
  createInbox(prefix?: string): string;
  credsAuthenticator(credentials: Uint8Array): Authenticator;
  nkeyAuthenticator(seed: Uint8Array): Authenticator;
}

/** What a client says of who it is, to a broker's challenge. */
export type Authenticator = (nonce?: string) => object | undefined;

/** `@nats-io/services`. */
export interface ServicesModule {
  readonly Svcm: new (connection: NatsConnection) => { add(config: object): Promise<MicroService> };
}

/** A service of the services framework. */
export interface MicroService {
  readonly isStopped: boolean;
  /** Resolves when it has ended: with the reason, if it did by itself. */
  readonly stopped: Promise<null | Error>;
  stop(): Promise<unknown>;
  addEndpoint(name: string, endpoint: MicroEndpoint): unknown;
}

/** An endpoint of a service: a subscription that the framework counts. */
export interface MicroEndpoint {
  readonly subject: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly handler: (error: Error | null, message: NatsMessage) => void;
}
