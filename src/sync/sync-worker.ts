import { MessageChannel, type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { Cell, type Note, type Order, type Outcome } from "./order.ts";
import type { Packed } from "./packed.ts";
import { startWorker } from "./start-worker.ts";

/* How often a waiting thread looks whether the worker still lives, for one that ended without a word. */
const LOOK_MS = 1_000;

/** What the worker says besides answers. */
export type Aside = Extract<Note, { kind: "log" | "line" }>;

/*
 * That a worker has ended is an event, and a thread that waits sees none. What it can see is whether its port takes
 * something: postMessage of Node.js returns true then, and nothing else when there is no port at the other end. Its
 * documentation does not say so; where a port that has another end should not say so either, the worker's goodbye is all
 * there is to go by.
 */
function wasTaken(said: unknown, portsTell: boolean): boolean {
  return said === true || !portsTell;
}

function doPortsTell(): boolean {
  const { port1, port2 } = new MessageChannel();
  const said: unknown = port1.postMessage(null);
  port1.close();
  port2.close();
  return said === true;
}

/** A thread's worker, as the thread sees it: it takes an order, and the thread sleeps until it has answered. */
export class SyncWorker {
  readonly #cells = new Int32Array(new SharedArrayBuffer(Object.keys(Cell).length * Int32Array.BYTES_PER_ELEMENT));
  readonly #port: MessagePort;
  readonly #hear: (aside: Aside) => void;
  /** What it has said besides answers and nobody has heard yet. */
  readonly #asides: Aside[] = [];
  #crash: Packed | undefined;
  readonly #portsTell = doPortsTell();
  /** The clients it has. */
  readonly clients = new Set<number>();

  /**
   * Starts one.
   *
   * @param hear - told of everything that is no answer, at the end of a wait or when the thread has nothing to do
   * @throws Error when it cannot be started
   */
  constructor(hear: (aside: Aside) => void) {
    this.#hear = hear;
    this.#port = startWorker(this.#cells);
    this.#port.on("message", (note: Note) => {
      this.#keep(note);
      this.#tellAsides();
    });
    this.#port.unref();
    process.on("exit", this.catchUp);
  }

  /** @returns whether there is somebody to take it */
  tell(order: Order): boolean {
    return !this.#hasSaidGoodbye && this.#post(order);
  }

  /**
   * Sleeps until an order is answered.
   *
   * @returns `undefined` when the worker has ended
   */
  answerTo(number: number): readonly Outcome[] | undefined {
    const answer = this.#waitFor(number);
    // Only now: whoever hears may make a call that blocks, which must not take this one's answer for a stale one.
    this.#tellAsides();
    return answer;
  }

  #waitFor(number: number): readonly Outcome[] | undefined {
    for (;;) {
      const said = Atomics.load(this.#cells, Cell.said);
      // Before what it has said is taken, all of which comes before its end.
      const isOver = this.#hasSaidGoodbye;
      const answer = this.#take(number);
      if (answer || isOver) return answer;
      const woken = Atomics.wait(this.#cells, Cell.said, said, LOOK_MS);
      if (woken === "timed-out" && !this.#post(null)) return this.#take(number);
    }
  }

  /** Whether the worker has begun with an order. */
  hasTaken(number: number): boolean {
    return Atomics.load(this.#cells, Cell.taken) === number;
  }

  /** What was thrown in it, once it has ended or is about to. */
  get crash(): Packed | undefined {
    return this.#crash;
  }

  /** Hears what it has said. */
  readonly catchUp = (): void => {
    this.#take(undefined);
    this.#tellAsides();
  };

  /** Lets go of one that has ended. */
  forget(): void {
    process.off("exit", this.catchUp);
    this.#port.close();
  }

  get #hasSaidGoodbye(): boolean {
    return Atomics.load(this.#cells, Cell.ended) === 1;
  }

  /** @returns whether there is a worker at the other end */
  #post(order: Order | null): boolean {
    return wasTaken(this.#port.postMessage(order), this.#portsTell);
  }

  /** Takes what has come, up to the answer to an order. */
  #take(number: number | undefined): readonly Outcome[] | undefined {
    for (let next = receiveMessageOnPort(this.#port); next; next = receiveMessageOnPort(this.#port)) {
      const note = next.message as Note;
      if (note.kind === "answer" && note.number === number) return note.outcomes;
      this.#keep(note);
    }
    return undefined;
  }

  /** Keeps what is to be heard. An answer is not: it is one to an order given up, by Ctrl-C in a REPL for example. */
  #keep(note: Note): void {
    if (note.kind === "crash") this.#crash = note.error;
    else if (note.kind !== "answer") this.#asides.push(note);
  }

  #tellAsides(): void {
    for (let aside = this.#asides.shift(); aside; aside = this.#asides.shift()) this.#hear(aside);
  }
}
