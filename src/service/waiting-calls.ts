import type { CancelNotice } from "../protocol/cancellation.ts";
import { REQUEST_CANCELLED } from "../protocol/error-object.ts";
import { RequestCancelledError } from "../protocol/errors/request-cancelled-error.ts";
import { errorText } from "../protocol/serialize.ts";
import { CallsById } from "./calls-by-id.ts";
import type { InFlightCall } from "./in-flight-call.ts";
import type { Outcomes } from "./outcomes.ts";
import { Roster } from "./roster.ts";
import { isThenable } from "./thenable.ts";
import type { Turns } from "./turns.ts";

/** Keeps account of what a caller is owed: the answers of its calls that take time, in characters, as far as one can know. */
export interface Debts {
  /** What a call counts for whose method was never answered. */
  readonly guess: number;
  owe(characters: number): void;
  settle(characters: number): void;
}

/** Who is owed something, perhaps. */
export interface Creditor {
  /** Made when it is first asked for. */
  readonly debts: Debts;
}

/** Whose calls they are. */
export interface WaitingOwner {
  /** One has ended: the last there is to say of it. */
  ended(call: InFlightCall): void;
}

/** The record of a caller's calls in flight that wait for a promise, or for their turn: it settles them, and knows what ends them. */
export class WaitingCalls {
  readonly #owner: WaitingOwner;
  readonly #outcomes: Outcomes;
  readonly #debts: Debts | undefined;
  readonly #calls = new Roster<InFlightCall>();
  /** The same by their ids. Made with the first cancel, since most callers send none. */
  #byId: CallsById | undefined;

  constructor(owner: WaitingOwner, outcomes: Outcomes, debts: Debts | undefined) {
    this.#owner = owner;
    this.#outcomes = outcomes;
    this.#debts = debts;
  }

  add(call: InFlightCall): void {
    this.#calls.add(call);
    this.#byId?.add(call);
    if (call.owed > 0) this.#debts?.owe(call.owed);
  }

  /** Runs a call whose turn has come. The next one's does when the method is done, which may be later than its answer. */
  run(call: InFlightCall, invoke: () => unknown, turns: Turns): void {
    // It timed out, was cancelled, or its caller left.
    if (call.seat < 0) {
      turns.done();
      return;
    }
    try {
      const result = invoke();
      if (isThenable(result)) {
        this.settleBy(result, call, turns);
        return;
      }
      this.fulfilled(call, result);
    } catch (error) {
      this.rejected(call, error);
    }
    turns.done();
  }

  /** Settles a call by what its method has promised. Then the next one's turn comes, if they take turns. */
  settleBy(result: PromiseLike<unknown>, call: InFlightCall, turns?: Turns): void {
    try {
      // A promise stays as it is; any other thenable becomes one, which calls back once and later, whatever it does.
      Promise.resolve(result).then(
        (value) => {
          this.fulfilled(call, value);
          turns?.done();
        },
        (error) => {
          this.rejected(call, error);
          turns?.done();
        },
      );
    } catch (error) {
      // A promise whose own `then` or `constructor` was tampered with.
      this.rejected(call, error);
      turns?.done();
    }
  }

  /** A call's method has given a result. */
  fulfilled(call: InFlightCall, value: unknown): void {
    const { id, method, span } = call;
    if (id === undefined && call.seat >= 0) span?.succeeded(value);
    this.end(call, () => {
      const text = this.#outcomes.success(id as string, value, method, span);
      method.answered(text.length);
      return text;
    });
  }

  /** A call's method has thrown. */
  rejected(call: InFlightCall, error: unknown): void {
    if (call.seat >= 0) {
      if (call.id === undefined) this.#outcomes.report(error, call.method);
      call.span?.failed(error);
    }
    this.end(call, () => this.#outcomes.failure(call.id as string, error, call.method));
  }

  /**
   * Ends the one that a notice of its caller names, if it is among them.
   *
   * @param isAnswered - whether it is answered nevertheless
   */
  cancel({ id, reason }: CancelNotice, isAnswered: boolean): void {
    this.#byId ??= new CallsById(this.#calls);
    const call = this.#byId.get(id);
    if (!call) return;
    // First, since the end of the last call may close the connection, and the rest of its batch is owed an answer.
    if (!isAnswered) call.sink.leaveOut?.();
    const text = isAnswered ? () => errorText(call.id as string, REQUEST_CANCELLED) : undefined;
    this.end(call, text, new RequestCancelledError(reason === undefined ? undefined : { reason }));
  }

  /**
   * Ends those that are due.
   *
   * @returns the earliest deadline of the others
   */
  endAll(
    due: (call: InFlightCall) => boolean,
    text: ((call: InFlightCall) => string) | undefined,
    reason: unknown,
  ): number {
    let earliest = Number.POSITIVE_INFINITY;
    // Backwards, since taking one out moves the last one to its place. A signal's listener may end others.
    for (let seat = this.#calls.size - 1; seat >= 0; seat--) {
      const call = this.#calls.at(seat);
      if (!call) continue;
      if (due(call)) this.end(call, text && (() => text(call)), reason);
      else if (call.deadline < earliest) earliest = call.deadline;
    }
    return earliest;
  }

  /**
   * The one way out of flight for a call that waits. A second end, such as the late result of a call that was timed
   * out, changes nothing.
   *
   * @param text - makes the answer; `undefined` when nobody is left to be answered
   * @param reason - what to abort the call's signal with, where it ends before its method does
   */
  end(call: InFlightCall, text: (() => string) | undefined, reason?: unknown): void {
    if (call.seat < 0) return;
    this.#calls.delete(call);
    if (call.context) call.context.over = true;
    this.#byId?.remove(call);
    if (text && call.id !== undefined) call.sink.answer(text());
    if (reason !== undefined) {
      call.context?.abort(reason);
      call.span?.failed(reason);
    }
    this.#owner.ended(call);
    if (call.owed > 0) this.#debts?.settle(call.owed);
  }
}
