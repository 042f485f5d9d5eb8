import { deferred } from "../../connection/deferred.ts";
import type { AcceptOptions, Listener } from "../transport.ts";
import { type Joined, part } from "./connect.ts";
import type { Desk } from "./desk.ts";
import type { MicroService, NatsMessage, NatsSubscription } from "./official.ts";
import { methodSubject } from "./subject.ts";

/** What a listener is made of. */
export interface NatsListenerOptions {
  readonly address: string;
  readonly joined: Joined;
  readonly prefix: string;
  readonly queue: string;
  readonly service: MicroService;
  readonly desk: Desk;
  readonly accept: AcceptOptions;
}

/* How long the last answers may take to the broker when nobody says. */
const FLUSH_MS = 5_000;
/* What an endpoint takes in the framework's answers, beside its name and twice its subject; and what they have besides. */
const ENDPOINT_BYTES = 400;
const ANSWER_BYTES = 4_096;

/**
 * The subscriptions of one copy of a service: one for each method, and one for the prefix, which takes all else. They
 * are endpoints of NATS' services framework, as many as fit into its answers, which list them all.
 */
export class NatsListener implements Listener {
  readonly address: string;
  readonly finishes = true;
  readonly ended: Promise<void>;
  readonly #options: NatsListenerOptions;
  /** Those that the framework does not know. */
  readonly #plain: NatsSubscription[] = [];
  /** How many bytes the framework's answers may still grow by. */
  #room: number;
  readonly #forget: () => void;
  readonly #over: () => void;
  #closed: Promise<void> | undefined;

  constructor(options: NatsListenerOptions) {
    const { address, joined, prefix, accept } = options;
    this.address = address;
    this.#options = options;
    this.#room = (joined.nc.info?.max_payload ?? 0) - ANSWER_BYTES;
    const { promise, resolve } = deferred<void>();
    this.ended = promise;
    this.#over = resolve;
    this.#serve("rpc", prefix, { takes: "batches, and calls of any method" });
    // Notifications of what nobody knows would find nobody by their subjects.
    if (accept.anyMethod) this.#serve("any", `${prefix}.>`, { takes: "any method" });
    this.#forget = accept.methods((method) => this.#add(method));
  }

  /** From now on, that the framework stops by itself is reported, and is the end. */
  watch(): void {
    const { service, accept, joined } = this.#options;
    void service.stopped.then(async (error) => {
      if (this.#closed !== undefined) return;
      const { nc } = joined;
      await this.end(FLUSH_MS);
      // The framework only knows that its subscriptions are gone.
      const reason = nc.isClosed() ? await nc.closed() : undefined;
      accept.refused(
        reason instanceof Error ? reason : (error ?? new Error("the connection to the broker was closed")),
      );
      this.#over();
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#drain();
    return this.#closed;
  }

  async end(timeout: number): Promise<void> {
    const { joined, desk } = this.#options;
    const { nc } = joined;
    this.#forget();
    let late: NodeJS.Timeout | undefined;
    const tooLate = new Promise<void>((resolve) => {
      late = setTimeout(resolve, timeout);
    });
    // What cannot be flushed is lost with the connection, and whoever waits for it times out.
    await Promise.race([nc.flush().catch(() => {}), tooLate, desk.cutOff]);
    desk.close();
    await Promise.race([part(joined), tooLate]);
    clearTimeout(late);
  }

  /** Takes no more; resolves when all that was taken has come. */
  async #drain(): Promise<void> {
    this.#forget();
    const { service, desk } = this.#options;
    const drained = Promise.allSettled([service.stop(), ...this.#plain.map((each) => each.drain())]);
    await Promise.race([drained, desk.cutOff]);
  }

  #add(method: string): void {
    const { prefix } = this.#options;
    const subject = methodSubject(prefix, method);
    if (subject !== prefix) this.#serve(method.replaceAll(/[^A-Za-z0-9_-]/g, "_"), subject, { method });
  }

  #serve(name: string, subject: string, metadata: Record<string, string>): void {
    const { service, desk, queue, joined } = this.#options;
    const take = desk.taker(subject);
    this.#room -= ENDPOINT_BYTES + name.length + 2 * subject.length + JSON.stringify(metadata).length;
    if (this.#room > 0) service.addEndpoint(name, { subject, metadata, handler: (_error, message) => take(message) });
    else {
      const callback = (error: Error | null, message: NatsMessage) =>
        error ? this.#options.accept.refused(error) : take(message);
      this.#plain.push(joined.nc.subscribe(subject, { queue, callback }));
    }
  }
}
