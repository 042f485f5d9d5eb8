import assert from "node:assert/strict";
import { isCallError } from "../../src/connection/errors/call-error.ts";
import { isRpcError, RpcError } from "../../src/protocol/errors/rpc-error.ts";
import { Service } from "../../src/service/service.ts";
import { Log } from "./log.ts";

/** Something a client has made: a call, alone or in a batch, or a notification. */
interface Made {
  readonly name: string;
  readonly notification: boolean;
  /** Whether it may have been executed more than once. */
  readonly idempotent: boolean;
  settlements: number;
  /** What it resolved or rejected with. */
  outcome?: unknown;
}

/* The codes of errors that methods throw: this and the key. Those of the library are below zero. */
const THROWN = 1_000_000;

/**
 * A log of both sides: what a service has executed, with which answers, and what has become of a client's calls. In
 * the end the two must agree.
 */
export class Witness {
  /** The methods: `now` and `later` answer, `fail` throws. All take the call's key, and more to make it longer. */
  readonly service: Service;
  readonly #made: Made[] = [];
  /** By key, what each execution has answered. */
  readonly #executed = new Map<number, unknown[]>();
  #nonce = 0;
  #settled = 0;

  constructor() {
    this.service = new Service({ logger: new Log() })
      .addMethod("now", (key: number, _more: string) => this.#execute(key))
      .addMethod("later", (key: number, _more: string) => {
        const answer = this.#execute(key);
        return new Promise((resolve) => setTimeout(resolve, key % 5, answer));
      })
      .addMethod("fail", (key: number, _more: string) => {
        this.#execute(key);
        throw new RpcError(THROWN + key, "as it was told");
      });
  }

  /** How many things were made. */
  get made(): number {
    return this.#made.length;
  }

  /** How many of them are settled. */
  get settled(): number {
    return this.#settled;
  }

  /** How many were answered, and how many came to which error. */
  get tally(): Readonly<Record<string, number>> {
    const tally: Record<string, number> = {};
    for (const { outcome, notification } of this.#made) {
      const name = outcome instanceof Error ? `${outcome.name} ${isCallError(outcome) ? outcome.outcome : ""}` : "well";
      const key = `${notification ? "notification" : "call"}: ${name}`.trim();
      tally[key] = (tally[key] ?? 0) + 1;
    }
    return tally;
  }

  /**
   * Makes something and keeps an eye on it.
   *
   * @param make - makes it, with its key
   * @returns a promise that resolves when it is settled, whatever came of it
   */
  track(
    kind: { readonly notification?: boolean; readonly idempotent?: boolean },
    make: (key: number) => Promise<unknown>,
  ): Promise<void> {
    const key = this.#made.length;
    const { notification = false, idempotent = false } = kind;
    const made: Made = {
      name: `${notification ? "notification" : "call"} ${key}`,
      notification,
      idempotent,
      settlements: 0,
    };
    this.#made.push(made);
    const settle = (outcome: unknown) => {
      made.settlements++;
      this.#settled++;
      made.outcome = outcome;
    };
    return make(key).then(settle, settle);
  }

  /** Holds the two sides against each other. Nothing may be under way any more. */
  check(hint: string): void {
    for (const [key, made] of this.#made.entries()) {
      const executions = this.#executed.get(key) ?? [];
      const story = `${made.name}, executed ${executions.length} times, came to ${String(made.outcome)}; ${hint}`;
      assert.equal(made.settlements, 1, `settled ${made.settlements} times: ${story}`);
      if (!made.idempotent) assert(executions.length <= 1, `executed twice: ${story}`);
      checkOutcome(key, made, executions, story);
    }
  }

  #execute(key: number): unknown {
    const answer = `${key}:${this.#nonce++}`;
    const executions = this.#executed.get(key) ?? [];
    executions.push(answer);
    this.#executed.set(key, executions);
    return answer;
  }
}

function checkOutcome(key: number, { outcome, notification }: Made, executions: unknown[], story: string): void {
  if (isCallError(outcome)) {
    if (outcome.outcome === "not-sent") assert.equal(executions.length, 0, `not sent, and executed: ${story}`);
  } else if (isRpcError(outcome)) {
    // An error of a method's own tells that it ran; one of the library's that it did not.
    if (outcome.code === THROWN + key) assert(executions.length >= 1, `an error from nowhere: ${story}`);
    else {
      assert(outcome.code < 0, `the error of another: ${story}`);
      assert.equal(executions.length, 0, `refused, and executed: ${story}`);
      assert([-32700, -32600, -32097].includes(outcome.code), story);
    }
  } else if (!notification) assert(executions.includes(outcome), `not the answer that was given: ${story}`);
  else assert.equal(outcome, undefined, story);
}
