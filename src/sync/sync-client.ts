import { Client } from "../client/client.ts";
import { checkRetry } from "../client/retry.ts";
import type { AnyApi, CallArguments, MethodName, ResultOf } from "../connection/api.ts";
import { ClosedError } from "../connection/errors/closed-error.ts";
import { remoteNamespace } from "../connection/remote-namespace.ts";
import type { Params } from "../protocol/message.ts";
import { timeoutOf } from "../time/clock.ts";
import { withoutSecrets } from "../transport/address.ts";
import { isIncluded, routeTo } from "../transport/registry.ts";
import { Account } from "./account.ts";
import { DeadlockError } from "./errors/deadlock-error.ts";
import { WorkerLostError } from "./errors/worker-lost-error.ts";
import { openingOf, type SyncClientOptions } from "./options.ts";
import type { Deed, Outcome, WrittenMember } from "./order.ts";
import { isServedHere } from "./served-here.ts";
import type { SyncCallOptions, SyncNamespace } from "./sync-api.ts";
import { SyncBatch } from "./sync-batch.ts";
import type { Settled } from "./sync-result.ts";
import { ask, begin, end, isBegun, leave } from "./thread.ts";
import { Unpacking } from "./unpack.ts";

/* A client that nobody can reach any more can be closed by nobody. */
const unreachable = new FinalizationRegistry<number>(leave);

/**
 * Calls the methods of a server, and blocks until they answer: `Client` without promises, for scripts and the REPL. Made by
 * `connectSync`.
 *
 * It dials when a call needs it, and again after a loss. Between calls the connection lives on, and keeps nothing
 * alive: the process ends when it has nothing else to do.
 *
 * @typeParam Api - the server's methods, as for `Client`
 */
export class SyncClient<Api extends object = AnyApi> {
  /** All its addresses, in the order in which they were given, as they may be shown: see `address`. */
  readonly addresses: readonly string[];
  readonly #account: Account;
  readonly #targets: readonly string[];
  #closed = false;

  /** @throws as `connectSync` */
  constructor(address: string | URL | readonly (string | URL)[], options: SyncClientOptions = {}) {
    const given: readonly (string | URL)[] = Array.isArray(address) ? address : [address];
    this.#targets = given.map(String);
    const opening = openingOf(this.#targets, options);
    // What a client refuses is refused here and now, by one that is never used.
    this.addresses = new Client(this.#targets, options).addresses;
    for (const target of this.#targets) assertIncluded(target);
    this.#account = new Account(opening, options);
    begin(this.#account);
    unreachable.register(this, this.#account.number, this);
  }

  /**
   * The address it talks to, or will dial first, as it was given but for a user and password in it, and the values of its
   * parameters. Where there are several, that can change with every dial.
   */
  get address(): string {
    const [first = ""] = this.addresses;
    if (this.addresses.length === 1 || this.#closed || !isBegun(this.#account)) return first;
    return this.#settled(this.#ask("address", { kind: "address" })) as string;
  }

  /** Whether there is a connection now, as for `Client`. */
  get connected(): boolean {
    if (this.#closed || !isBegun(this.#account)) return false;
    return this.#settled(this.#ask("connected", { kind: "connected" })) as boolean;
  }

  /**
   * Calls a method, and waits for its answer.
   *
   * @param params - an array for params by position, an object for params by name; sent as they are
   * @throws RpcError, the server's error answer
   * @throws CallTimeoutError, ConnectionLostError, DialError, ClosedError, InvalidResponseError: there is no answer; each
   * says in `outcome` whether the call was sent
   * @throws DeadlockError when this thread itself serves the address
   * @throws WorkerLostError when the worker ends
   * @throws TypeError when the params cannot be written as JSON, or are by name and `version` is "1.0"
   */
  call<const Name extends MethodName<Api>>(
    method: Name,
    ...[params, options]: CallArguments<Api, Name, SyncCallOptions>
  ): ResultOf<Api, Name> {
    return this.#call("call", method, params as Params | undefined, options) as ResultOf<Api, Name>;
  }

  /**
   * Notifies: calls a method and wants no answer. Waits until it was handed to the operating system, or, over HTTP, until
   * the server has taken it.
   *
   * @throws as `call`, but for `RpcError`
   */
  notify<const Name extends MethodName<Api>>(
    method: Name,
    ...[params, options]: CallArguments<Api, Name, SyncCallOptions>
  ): void {
    this.#call("notify", method, params as Params | undefined, options);
  }

  /**
   * Starts a batch, whose calls travel as one message.
   *
   * @throws Error when `version` is "1.0", which has no batches
   */
  batch(): SyncBatch<Api> {
    if (!this.#account.version.hasBatches) {
      throw new Error("JSON-RPC 1.0 has no batches: make the calls one by one");
    }
    return new SyncBatch<Api>({
      write: (method, params, notification) => this.#write(method, params, notification),
      sendBatch: (members, options) => this.#sendBatch(members, options),
    });
  }

  /**
   * A namespace's methods as functions, with their arguments by position.
   *
   * ```ts
   * const main = client.namespace("main");
   * console.log(main.echo("foo"));
   * ```
   *
   * @param name - `""` for the methods without one
   */
  namespace<const Namespace extends string, const Separator extends string = ".">(
    name: Namespace,
    separator?: Separator,
  ): SyncNamespace<Api, Namespace, Separator> {
    const call = (method: string, args: readonly unknown[]) => this.#call("call", method, args, undefined);
    return remoteNamespace(call, name, separator ?? ".") as SyncNamespace<Api, Namespace, Separator>;
  }

  /**
   * Dials now, for those who want to know early. Does nothing when there is a connection.
   *
   * @throws DialError, CallTimeoutError or ClosedError
   */
  connect(options?: SyncCallOptions): void {
    const { timeout } = carriedIn(options);
    this.#assertMayCall("connect");
    this.#settled(this.#ask("connect", { kind: "connect", timeout }));
  }

  /**
   * Closes the client for good: nothing is dialled any more, and what was sent still goes out. Idempotent.
   *
   * @param options - `timeout`: milliseconds until the connection is cut if the server does not read what was sent.
   * Default: 5,000
   */
  close({ timeout }: { readonly timeout?: number } = {}): void {
    if (this.#closed) return;
    this.#closed = true;
    unreachable.unregister(this);
    try {
      if (isBegun(this.#account)) this.#settled(this.#ask("close", { kind: "close", timeout }));
    } catch (error) {
      // With the worker the connection is gone too.
      if (!(error instanceof WorkerLostError)) throw error;
    } finally {
      end(this.#account);
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #call(
    kind: "call" | "notify",
    method: string,
    params: Params | undefined,
    options: SyncCallOptions | undefined,
  ): unknown {
    const carried = carriedIn(options);
    const body = this.#account.version.requestBody(method, params);
    this.#assertMayCall(method);
    return this.#settled(this.#ask(method, { kind, method, body, options: carried }));
  }

  #write(method: string, params: Params | undefined, notification: boolean): WrittenMember {
    return { method, body: this.#account.version.requestBody(method, params), notification };
  }

  #sendBatch(members: readonly WrittenMember[], options: SyncCallOptions | undefined): readonly Settled[] {
    const carried = carriedIn(options);
    const allFailed = (errorOf: (method: string) => Error) =>
      members.map(({ method }) => ({ failed: true, value: errorOf(method) }));
    if (members.length === 0) return [];
    if (this.#closed) return allFailed((method) => new ClosedError(method, "not-sent"));
    this.#assertMayCall("a batch");
    try {
      const unpacking = new Unpacking(this.#account.version);
      const outcomes = this.#ask("a batch", { kind: "batch", members, options: carried });
      return outcomes.map(({ failed, value }) => ({ failed, value: fromHere(unpacking.value(value)) }));
    } catch (error) {
      if (!(error instanceof WorkerLostError)) throw error;
      return allFailed((method) => new WorkerLostError(method, error.outcome, { cause: error.cause }));
    }
  }

  #ask(name: string, deed: Deed): readonly Outcome[] {
    return ask(this.#account, name, deed);
  }

  /** The value of the only outcome. */
  #settled([outcome]: readonly Outcome[]): unknown {
    if (!outcome) return undefined;
    const value = fromHere(new Unpacking(this.#account.version).value(outcome.value));
    if (outcome.failed) throw value;
    return value;
  }

  #assertMayCall(method: string): void {
    if (this.#closed) throw new ClosedError(method, "not-sent");
    // Any of several may be the one that is dialled.
    const served = this.#targets.find(isServedHere);
    if (served !== undefined) throw new DeadlockError(method, withoutSecrets(served));
  }
}

/** @throws TypeError for a transport that only this thread has */
function assertIncluded(target: string): void {
  const { scheme, shown } = routeTo(target).address;
  if (isIncluded(scheme)) return;
  throw new TypeError(`${shown} cannot be dialled by blocking calls: its transport was registered in this thread only`);
}

/** An error with the stack of this moment: where the call was made, and not where in the worker it failed. */
function fromHere(value: unknown): unknown {
  if (value instanceof Error) Error.captureStackTrace(value, fromHere);
  return value;
}

/**
 * What goes to the worker of a call's options.
 *
 * @throws TypeError, RangeError
 */
function carriedIn(options: SyncCallOptions & { readonly signal?: unknown } = {}): SyncCallOptions {
  if (options.signal !== undefined) {
    throw new TypeError(
      "expected no signal in the options of a blocking call: nobody can abort while this thread waits",
    );
  }
  const { timeout, retry, idempotent, attemptTimeout } = options;
  if (timeout !== undefined) timeoutOf(timeout);
  checkRetry({ retry, idempotent, attemptTimeout });
  return { timeout, retry, idempotent, attemptTimeout };
}

/**
 * Makes a client whose calls block.
 *
 * ```ts
 * const client = connectSync<Api>("tcp://127.0.0.1:7080");
 * const sum = client.call("add", [1, 2]);
 * ```
 *
 * It dials with its first call, or with `connect`.
 *
 * @param address - as for `Client`: an address, or several of servers that can stand in for each other
 * @throws InvalidAddressError when it is no address
 * @throws RangeError when an option's value makes no sense
 * @throws TypeError when there is no address, or an option cannot go to another thread
 * @throws Error when this thread may not wait, or the worker cannot be started
 */
export function connectSync<Api extends object = AnyApi>(
  address: string | URL | readonly (string | URL)[],
  options: SyncClientOptions = {},
): SyncClient<Api> {
  return new SyncClient<Api>(address, options);
}
