import type { Account } from "./account.ts";
import { WorkerLostError } from "./errors/worker-lost-error.ts";
import type { Deed, Outcome } from "./order.ts";
import { type Aside, SyncWorker } from "./sync-worker.ts";
import { Unpacking } from "./unpack.ts";

/*
 * What the blocking clients of a thread share: one worker, started with the first of them, and again should it end.
 */

const accounts = new Map<number, Account>();
let worker: SyncWorker | undefined;
let orders = 0;

/**
 * Starts the worker, unless there is one, and waits for nothing.
 *
 * @throws Error when it cannot be started
 */
export function begin(account: Account): void {
  worker ??= new SyncWorker(hear);
  accounts.set(account.number, account);
}

/** Forgets a client. */
export function end(account: Account): void {
  accounts.delete(account.number);
  worker?.clients.delete(account.number);
}

/** Whether the worker has a client, which it gets with the client's first order. */
export function isBegun(account: Account): boolean {
  return worker?.clients.has(account.number) === true;
}

/**
 * Has something done, and waits for it.
 *
 * @param name - of the method, for errors
 * @throws WorkerLostError when the worker ends meanwhile
 */
export function ask(account: Account, name: string, deed: Deed): readonly Outcome[] {
  const number = ++orders;
  const teller = tell(account, number, deed);
  const outcomes = teller.answerTo(number);
  if (outcomes) return outcomes;
  throw new WorkerLostError(name, teller.hasTaken(number) ? "unknown" : "not-sent", drop(teller));
}

/** Has something done, and waits for nothing. */
export function leave(number: number): void {
  if (worker?.clients.delete(number)) {
    worker.tell({ number: ++orders, client: number, opening: undefined, deed: { kind: "close", timeout: undefined } });
  }
  accounts.delete(number);
}

function tell(account: Account, number: number, deed: Deed): SyncWorker {
  if (worker && post(worker, account, number, deed)) return worker;
  if (worker) {
    const why = drop(worker);
    const message = "the worker had ended, and its connections with it; there is another one now";
    account.logger.warn(message, ...(why ? [why.cause] : []));
  }
  worker ??= new SyncWorker(hear);
  post(worker, account, number, deed);
  return worker;
}

function post(to: SyncWorker, account: Account, number: number, deed: Deed): boolean {
  const opening = to.clients.has(account.number) ? undefined : account.opening;
  const isThere = to.tell({ number, client: account.number, opening, deed });
  to.clients.add(account.number);
  return isThere;
}

/** @returns the cause of its end, where it could tell */
function drop(ended: SyncWorker): { readonly cause: unknown } | undefined {
  // Before its last words are heard: who hears them may make a call.
  if (worker === ended) worker = undefined;
  ended.catchUp();
  ended.forget();
  return ended.crash && { cause: new Unpacking().value(ended.crash) };
}

function hear(aside: Aside): void {
  const account = accounts.get(aside.client);
  if (!account) return;
  if (aside.kind === "line") account.heardLine(aside.line);
  else {
    const unpacking = new Unpacking(account.version);
    account.logger[aside.level](aside.message, ...aside.details.map((detail) => unpacking.value(detail)));
  }
}
