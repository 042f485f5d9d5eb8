import type { Cancellation } from "../protocol/cancellation.ts";
import { DRAINING, type ErrorObject, SERVER_TIMEOUT } from "../protocol/error-object.ts";
import type { Limits } from "../protocol/limits.ts";
import type { Message } from "../protocol/message.ts";
import { boundsOf } from "../service/bounds.ts";
import type { Caller } from "../service/caller.ts";
import type { CallerConnection } from "../service/context.ts";
import type { AnswerSink } from "../service/in-flight-call.ts";
import { Service } from "../service/service.ts";
import type { Creditor } from "../service/waiting-calls.ts";
import type { Clock } from "../time/clock.ts";
import type { Channel } from "./channel.ts";
import type { Fellows } from "./fellows.ts";

/** What is needed to answer a peer. */
export interface IncomingOptions {
  /** Without one all methods are unknown. */
  readonly service: Service | undefined;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly concurrency: number;
  readonly connection: CallerConnection;
  readonly cancellation: Cancellation | undefined;
}

/* Who serves no methods: the same for all links, since a service is as large as a link. */
let nobody: Service | undefined;

/** What a link's peer calls: it is answered by the service, or refused while this side is busy or closes. */
export class Incoming implements AnswerSink {
  /** Whether the peer may call at all. */
  readonly serves: boolean;
  /** Whether an answer was ever sent. */
  hasAnswered = false;
  readonly #channel: Channel;
  readonly #service: Service;
  readonly #caller: Caller;
  #isDraining = false;

  /** @param creditor - has the account of what the peer is owed */
  constructor(channel: Channel, options: IncomingOptions, { counters, total }: Fellows, creditor: Creditor) {
    const { limits, clock, concurrency, connection, cancellation } = options;
    this.serves = options.service !== undefined;
    this.#channel = channel;
    nobody ??= new Service();
    this.#service = options.service ?? nobody;
    this.#caller = this.#service.open(
      {
        ...boundsOf({ limits, clock, concurrency, counters, total }),
        cancellation,
        creditor: limits.queuedBytes < Number.POSITIVE_INFINITY ? creditor : undefined,
      },
      connection,
    );
  }

  /** Whether the service understands requests of versions before 2.0. */
  get isLegacy(): boolean {
    return this.#service.legacy;
  }

  /** How many of the peer's calls are in flight. */
  get inFlight(): number {
    return this.#caller.inFlight;
  }

  receive(message: Message): void {
    this.#caller.receive(message, this);
  }

  /** What the service has to say. */
  answer(text: string): void {
    this.hasAnswered = true;
    this.#channel.send(text);
  }

  /** Answers new calls with an error; `undefined` to serve them. While it drains, it says that. */
  refuse(error: ErrorObject | undefined): void {
    if (!this.#isDraining) this.#caller.refusal = error;
  }

  /** Refuses new calls as a closing server does; resolves once none is in flight. */
  drain(): Promise<void> {
    this.#isDraining = true;
    this.#caller.refusal = DRAINING;
    return new Promise((resolve) => this.whenIdle(resolve));
  }

  /** Calls back once when none is in flight. */
  whenIdle(action: () => void): void {
    this.#caller.whenIdle(action);
  }

  /** Answers what is in flight with an error, so that nothing is. */
  cancelInFlight(reason: unknown): void {
    this.#caller.cancel(SERVER_TIMEOUT, reason);
  }

  /** Nobody is left to be answered. */
  abandon(reason: unknown): void {
    this.#caller.abandon(reason);
    this.#service.release(this.#caller);
  }
}
