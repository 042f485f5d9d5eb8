import { type ErrorObject, SERVICE_UNAVAILABLE } from "../protocol/error-object.ts";
import { isRpcError, type RpcError } from "../protocol/errors/rpc-error.ts";
import { Method } from "./method.ts";

/** An error to answer with, or a class of one that needs no argument. */
export type Refusal = RpcError | (new () => RpcError);

/** One `stopServing` that waits for what was in flight. */
interface Drain {
  readonly covers: (method: Method) => boolean;
  /** Calls that started before this ordinal are waited for. */
  readonly before: number;
  remaining: number;
  readonly resolve: () => void;
}

/**
 * Whether the service serves, as a whole and by namespace, and who waits for it to fall quiet.
 *
 * A drain counts the calls that were in flight when it began, so it ends when they have, whether or not serving has
 * started again by then, and any number of drains can go on at once.
 */
export class ServingState {
  readonly #methods: ReadonlyMap<string, Method>;
  /** What is stopped: namespaces, and `undefined` for all. */
  readonly #stops = new Map<string | undefined, ErrorObject>();
  /** Stands for all methods there are not: calls of them are in flight while they are in a middleware. */
  readonly unknown = new Method("", () => undefined);
  #drains: Drain[] = [];
  #ordinal = 0;

  constructor(methods: ReadonlyMap<string, Method>) {
    this.#methods = methods;
  }

  started(method: Method): number {
    method.inFlight++;
    return this.#ordinal++;
  }

  ended(method: Method, ordinal: number): void {
    method.inFlight--;
    if (this.#drains.length > 0) this.#endedUnderDrain(method, ordinal);
  }

  /**
   * @param error - default: -32097 "Service Unavailable"
   * @throws TypeError when it is none to answer with
   */
  stop(namespace: string | undefined, error: Refusal | undefined): Promise<void> {
    this.#stops.set(namespace, refusalFrom(error));
    this.#apply();
    const covers = (method: Method) => namespace === undefined || method.isUnder(namespace);
    let remaining = 0;
    for (const method of [...this.#methods.values(), this.unknown]) if (covers(method)) remaining += method.inFlight;
    if (remaining === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#drains.push({ covers, before: this.#ordinal, remaining, resolve });
    });
  }

  start(namespace: string | undefined): void {
    this.#stops.delete(namespace);
    this.#apply();
  }

  /** What a method answers while it is not served. The narrowest stop counts, so its error can be the most telling. */
  refusalOf(method: Method): ErrorObject | undefined {
    let narrowest: string | undefined;
    let refusal = this.#stops.get(undefined);
    for (const [namespace, error] of this.#stops) {
      if (namespace === undefined || !method.isUnder(namespace)) continue;
      if (narrowest !== undefined && namespace.length < narrowest.length) continue;
      narrowest = namespace;
      refusal = error;
    }
    return refusal;
  }

  #apply(): void {
    for (const method of this.#methods.values()) method.refusal = this.refusalOf(method);
  }

  #endedUnderDrain(method: Method, ordinal: number): void {
    this.#drains = this.#drains.filter((drain) => {
      if (ordinal >= drain.before || !drain.covers(method) || --drain.remaining > 0) return true;
      drain.resolve();
      return false;
    });
  }
}

function refusalFrom(error: Refusal | undefined): ErrorObject {
  if (error === undefined) return SERVICE_UNAVAILABLE;
  const made: unknown = typeof error === "function" ? new error() : error;
  if (!isRpcError(made)) {
    throw new TypeError("expected an RpcError to stop with, or a class of one that needs no argument");
  }
  return made.toJSON();
}
