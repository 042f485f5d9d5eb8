import { AsyncResource } from "node:async_hooks";
import { type TracingChannel, tracingChannel } from "node:diagnostics_channel";
import type { Span, Told, Tracer } from "./tracer.ts";

/*
 * Tracing where there is `node:diagnostics_channel`. Elsewhere `none.ts` stands in the place of this; package.json says so
 * under "imports".
 */

/** @param name - of the tracing channel: its events are `tracing:<name>:start` and so on */
export function tracer(name: string): Tracer | undefined {
  return new ChannelTracer(tracingChannel<unknown, Told>(name));
}

class ChannelTracer implements Tracer {
  readonly #channel: TracingChannel<unknown, Told>;

  constructor(channel: TracingChannel<unknown, Told>) {
    this.#channel = channel;
  }

  get active(): boolean {
    return this.#channel.hasSubscribers;
  }

  begin(told: Told): Span {
    return new ChannelSpan(this.#channel, told);
  }
}

/* Not `tracePromise` and `traceSync`: whether a call takes time shows only when it is made, and some end otherwise than
   by what their method returns. */
class ChannelSpan implements Span {
  readonly #channel: TracingChannel<unknown, Told>;
  readonly #told: Told;
  #started = false;

  constructor(channel: TracingChannel<unknown, Told>, told: Told) {
    this.#channel = channel;
    this.#told = told;
  }

  run(action: () => void): void {
    const { start, end } = this.#channel;
    try {
      start.runStores(this.#told, action);
    } finally {
      this.#started = true;
      end.publish(this.#told);
    }
  }

  here(action: () => void): () => void {
    return AsyncResource.bind(action);
  }

  succeeded(result: unknown): void {
    this.#told.result = result;
    this.#finish();
  }

  failed(error: unknown): void {
    this.#told.error = error;
    this.#channel.error.publish(this.#told);
    this.#finish();
  }

  #finish(): void {
    if (!this.#started) return;
    this.#channel.asyncStart.publish(this.#told);
    this.#channel.asyncEnd.publish(this.#told);
  }
}
