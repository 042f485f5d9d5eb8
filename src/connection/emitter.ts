import type { Logger } from "../service/logger.ts";

/** Events by name, each with the arguments its listeners get. */
export type EventMap = { readonly [event: string]: readonly unknown[] };

type Listener = (...args: readonly unknown[]) => unknown;

/**
 * Listeners of a few events. A listener that throws or rejects is logged: it stops neither the others nor what caused
 * the event.
 *
 * Node's own EventEmitter would do, but the client also runs where there is no Node.
 */
export class Emitter<Events extends EventMap> {
  readonly #logger: Logger;
  readonly #listeners = new Map<keyof Events, Set<Listener>>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  on<Event extends keyof Events>(event: Event, listener: (...args: Events[Event]) => void): void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener as Listener));
  }

  off<Event extends keyof Events>(event: Event, listener: (...args: Events[Event]) => void): void {
    this.#listeners.get(event)?.delete(listener as Listener);
  }

  emit<Event extends keyof Events>(event: Event, ...args: Events[Event]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      const failed = (error: unknown) => this.#logger.error(`a listener for ${String(event)} failed:`, error);
      try {
        const outcome = listener(...args);
        if (outcome instanceof Promise) outcome.catch(failed);
      } catch (error) {
        failed(error);
      }
    }
  }
}
