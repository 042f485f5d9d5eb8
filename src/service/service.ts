import { SERVER_TIMEOUT } from "../protocol/error-object.ts";
import { ServerTimeoutError } from "../protocol/errors/server-timeout-error.ts";
import { type LimitCounters, newCounters } from "../protocol/limit-counters.ts";
import { type Limits, resolveLimits, untrusted } from "../protocol/limits.ts";
import { type Clock, systemClock, timeoutOf } from "../time/clock.ts";
import { Deadlines } from "../time/deadlines.ts";
import { Caller, type CallerHost, type CallerOptions } from "./caller.ts";
import { concurrencyOf } from "./concurrency.ts";
import type { CallerConnection } from "./context.ts";
import type { Methods } from "./contract.ts";
import { Discovery, discoverMethod } from "./discovery/discovery.ts";
import { Exchanges, type HandleOptions } from "./exchanges.ts";
import type { Checked } from "./export-rpc.ts";
import { type HandlerOptions, methodsIn, methodsOf } from "./handler.ts";
import { guardedLogger, type Logger } from "./logger.ts";
import { Method, type MethodOptions } from "./method.ts";
import { MethodTable } from "./method-table.ts";
import type { FunctionFor } from "./method-types.ts";
import type { ServiceMiddleware } from "./middleware.ts";
import type { ServiceOptions } from "./options.ts";
import { Outcomes } from "./outcomes.ts";
import { Roster } from "./roster.ts";
import { type Refusal, ServingState } from "./serving-state.ts";
import type { ServiceLayer } from "./through-layers.ts";

/**
 * A table of methods and whether it is serving: the callee of JSON-RPC 2.0, without any connection.
 *
 * One service can be served on any number of addresses at once, see `listen`; `handle` serves it a text at a time.
 */
export class Service {
  readonly #methods = new MethodTable();
  readonly #state = new ServingState(this.#methods.byName);
  readonly #callers = new Roster<Caller>();
  readonly #limits: Limits;
  readonly #counters = newCounters();
  readonly #legacy: boolean;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #timeout: number;
  readonly #deadlines: Deadlines;
  readonly #host: CallerHost & { layers: readonly ServiceLayer[] | undefined };
  readonly #exchanges: Exchanges;
  readonly #discovery: Discovery | undefined;

  /**
   * @throws RangeError when an option's value makes no sense
   * @throws TypeError when `discover` is not what it should be
   */
  constructor(options: ServiceOptions = {}) {
    this.#timeout = timeoutOf(options.timeout ?? 0);
    this.#limits = resolveLimits(options.limits, untrusted);
    this.#legacy = options.legacy === true;
    this.#logger = guardedLogger(options.logger);
    this.#clock = options.clock ?? systemClock;
    this.#deadlines = new Deadlines(this.#clock, (now) => this.#timeOut(now));
    this.#host = this.#makeHost(options);
    this.#exchanges = new Exchanges(this, {
      limits: this.#limits,
      clock: this.#clock,
      concurrency: concurrencyOf(options.concurrency),
      counters: this.#counters,
    });
    this.#discovery = this.#discover(options.discover);
    this.#methods.each((method) => this.#added(method));
  }

  /** The names of all methods that were added, in that order. */
  get methodNames(): string[] {
    return [...this.#methods.byName.keys()].filter((name) => name !== discoverMethod);
  }

  /** How many calls are in flight: received and not yet answered, notifications included. */
  get inFlight(): number {
    let sum = 0;
    for (const caller of this.#callers) sum += caller.inFlight;
    return sum;
  }

  /**
   * Adds what a handler exports (see `exportRpc`). Either all of it is added or nothing.
   *
   * @throws Error when it exports nothing, or a name is taken
   * @throws TypeError when it is no object, or a namespace or an exported name cannot be one
   */
  addHandler(handler: object, options: HandlerOptions = {}): this {
    this.#methods.add(methodsOf(handler, options));
    return this;
  }

  /**
   * Adds a function as a method. Where the options have schemas, its parameters can be left untyped.
   *
   * @param name - its whole name
   * @throws Error when the name is taken
   * @throws TypeError when it cannot be a method's name, or the options do not fit the function
   */
  addMethod<const O extends MethodOptions = Record<never, never>, F extends FunctionFor<O> = FunctionFor<O>>(
    // Checked here: where a function is generic, F could not be inferred from an intersection.
    name: string & Checked<F, O>,
    fn: F,
    options?: O,
  ): this {
    if (typeof fn !== "function") {
      throw new TypeError(`expected a function as the method ${String(name)}, got ${typeof fn}`);
    }
    this.#methods.add([new Method(name, fn, options)]);
    return this;
  }

  /**
   * Adds methods made by `method`, by their names; an object among them is a namespace. Either all are added or none.
   *
   * @throws Error when a name is taken
   * @throws TypeError when something among them is no method, or a name cannot be one
   */
  addMethods(methods: Methods, options: HandlerOptions = {}): this {
    this.#methods.add(methodsIn(methods, options));
    return this;
  }

  /**
   * Puts a middleware around all calls from now on; those that are in flight go on as they are. The first that is added is
   * the outermost.
   *
   * It sees every call of a method by whomever, also of methods there are not and with params that do not fit, for which
   * `next()` throws. It does not see what is refused without being tried (-32096 and -32097), nor what is no request at all.
   *
   * ```ts
   * service.use(async (call, next) => {
   *   const result = await next();
   *   console.log(call.method, "answered");
   *   return result;
   * });
   * ```
   *
   * @throws TypeError when it is no function
   */
  use(middleware: ServiceMiddleware): this {
    if (typeof middleware !== "function") {
      throw new TypeError(`expected a function as a middleware, got ${typeof middleware}`);
    }
    this.#host.layers = [...(this.#host.layers ?? []), { run: middleware, repeats: false }];
    return this;
  }

  /**
   * Stops serving: from now on every method answers with the error, while what is in flight goes on. Unknown methods
   * and params that do not fit are still told so; notifications are dropped.
   *
   * @param error - default: -32097 "Service Unavailable"
   * @param options - `namespace`: stop only what lies under it (`"main"` covers `main.echo` and `main.x.y`)
   * @returns a promise that resolves once nothing is in flight that was when it was asked. A method that awaits it
   * waits for itself.
   * @throws TypeError when the error is no `RpcError`, nor a class of one that needs no argument
   * @throws RangeError when there is nothing under the namespace
   */
  stopServing(error?: Refusal, { namespace }: { readonly namespace?: string } = {}): Promise<void> {
    if (namespace !== undefined) this.#methods.assertUnder(namespace);
    return this.#state.stop(namespace, error);
  }

  /**
   * Serves again what `stopServing` stopped.
   *
   * @param options - `namespace`: undoes the stop of that namespace; without it, the stop of the whole service. Each
   * lasts until it is undone itself.
   */
  startServing({ namespace }: { readonly namespace?: string } = {}): void {
    if (namespace !== undefined) this.#methods.assertUnder(namespace);
    this.#state.start(namespace);
  }

  /** Ends everything in flight: answers it with -32098 "Server Timeout" and aborts the handlers' signals. */
  cancelPending(): void {
    const reason = new ServerTimeoutError(undefined, "the service has cancelled what was in flight");
    for (const caller of this.#callers) caller.cancel(SERVER_TIMEOUT, reason);
  }

  /** @internal */
  get logger(): Logger {
    return this.#logger;
  }

  /** Whether requests of versions before 2.0 are understood. */
  get legacy(): boolean {
    return this.#legacy;
  }

  /** How often each limit was met by what `handle` was given, by its name. A server has counters of its own. */
  get counters(): LimitCounters {
    return this.#counters;
  }

  /** What `handle` lets in. */
  get limits(): Limits {
    return this.#limits;
  }

  /**
   * Serves one text: a request, a notification or a batch.
   *
   * @param options - who sends it, for handlers that ask, and how to learn that they have left
   * @returns the answer, as a promise only if a method needs time; `undefined` when there is nothing to answer, or
   * nobody to be answered any more. The promise never rejects: whatever is wrong with the text or happens in a method
   * is an answer.
   * @throws TypeError when it is given no string
   */
  handle(text: string, options?: HandleOptions): string | undefined | Promise<string | undefined> {
    if (typeof text !== "string") throw new TypeError(`expected a text to handle, got ${typeof text}`);
    return this.#exchanges.handle(text, options);
  }

  /**
   * Tells the name of each method there is, and of each that is added from now on.
   *
   * @returns what ends it
   * @internal
   */
  eachMethod(told: (name: string) => void): () => void {
    return this.#methods.each(({ name }) => told(name));
  }

  /**
   * Registers one more caller, such as a connection. Whoever opens it calls {@link Service.release} in the end.
   *
   * @internal
   */
  open(options: CallerOptions, connection?: CallerConnection): Caller {
    const caller = new Caller(this.#host, options, connection);
    this.#callers.add(caller);
    return caller;
  }

  /** @internal */
  get callers(): Iterable<Caller> {
    return this.#callers;
  }

  /** @internal */
  release(caller: Caller): void {
    this.#callers.delete(caller);
  }

  #added(method: Method): void {
    method.refusal = this.#state.refusalOf(method);
    this.#discovery?.forget();
  }

  #discover(options: ServiceOptions["discover"]): Discovery | undefined {
    if (options === undefined || options === false) return undefined;
    if (options !== true && (typeof options !== "object" || options === null)) {
      throw new TypeError(`discover: expected true, false or an object, got ${String(options)}`);
    }
    const discovery = new Discovery(options === true ? {} : options, this.#methods.byName);
    this.#methods.addOwn(new Method(discoverMethod, () => discovery.document));
    return discovery;
  }

  #timeOut(now: number): number {
    let earliest = Number.POSITIVE_INFINITY;
    const reason = new ServerTimeoutError();
    for (const caller of this.#callers) {
      earliest = Math.min(
        earliest,
        caller.cancel(SERVER_TIMEOUT, reason, (call) => call.deadline <= now),
      );
    }
    return earliest;
  }

  #makeHost({ trace, onError }: ServiceOptions): CallerHost & { layers: readonly ServiceLayer[] | undefined } {
    const { byName } = this.#methods;
    return {
      clock: this.#clock,
      layers: undefined,
      unknown: this.#state.unknown,
      showsTrace: trace === true,
      outcomes: new Outcomes(onError, this.#logger),
      find: (name) => byName.get(name),
      started: (method) => this.#state.started(method),
      ended: (method, ordinal) => this.#state.ended(method, ordinal),
      deadlineOf: (method) => {
        const timeout = method.timeout ?? this.#timeout;
        return timeout === Number.POSITIVE_INFINITY ? timeout : this.#clock.now() + timeout;
      },
      watch: (deadline) => this.#deadlines.watch(deadline),
    };
  }
}
