import type { NatsConnection } from "./official.ts";

/** Who wants to know how a connection to a broker is. */
export interface Watcher {
  /** It is gone; the official client is about to find it, or another one, again. */
  down?(): void;
  /** It is there again, with its subscriptions. */
  up?(): void;
  /** The broker has refused what was published on a subject. */
  denied?(subject: string, error: Error): void;
  /** The broker takes no more subscriptions. It does not say which of them it has not taken. */
  full?(error: Error): void;
}

/* What a broker says where a connection, or an account, has as many as it may have. */
const TOO_MANY_SUBSCRIPTIONS = /maximum subscriptions exceeded/i;

/* One for each connection, however many share it: the official client keeps whoever asks for its events. */
const watches = new WeakMap<NatsConnection, Watch>();

/** Whether a connection to a broker is there, and who is told. */
export class Watch {
  readonly #watchers = new Set<Watcher>();
  #isUp: boolean;

  private constructor(nc: NatsConnection) {
    // The official client knows of no broker while it looks for one.
    this.#isUp = nc.info !== undefined;
    void this.#listen(nc);
  }

  static over(nc: NatsConnection): Watch {
    let watch = watches.get(nc);
    if (!watch) {
      watch = new Watch(nc);
      watches.set(nc, watch);
    }
    return watch;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** @returns what ends it */
  add(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  async #listen(nc: NatsConnection): Promise<void> {
    for await (const status of nc.status()) {
      if (status.type === "disconnect" || status.type === "reconnect") this.#turn(status.type === "reconnect");
      else if (status.error) this.#failed(status.error);
    }
  }

  #turn(isUp: boolean): void {
    if (this.#isUp === isUp) return;
    this.#isUp = isUp;
    for (const watcher of [...this.#watchers]) {
      if (isUp) watcher.up?.();
      else watcher.down?.();
    }
  }

  #failed(error: Error): void {
    const { operation, subject } = error as Error & { operation?: unknown; subject?: unknown };
    const isDenied = operation === "publish" && typeof subject === "string";
    const isFull = TOO_MANY_SUBSCRIPTIONS.test(error.message);
    for (const watcher of [...this.#watchers]) {
      if (isDenied) watcher.denied?.(subject, error);
      else if (isFull) watcher.full?.(error);
    }
  }
}
