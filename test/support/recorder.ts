import assert from "node:assert/strict";
import type { Channel, ChannelReceiver, MessageViolation } from "../../src/connection/channel.ts";

/** What can happen to the owner of a channel. */
export type ChannelEvent = "message" | "malformed" | "pressed" | "drained" | "ended" | "closed";

/**
 * The owner of a channel for tests: it writes down what happens, lets a test wait for it, and holds the channel to
 * what is always true (nothing after `closed`, nothing twice that happens once).
 */
export class Recorder implements ChannelReceiver {
  readonly channel: Channel;
  /** The names of all that happened, in order. */
  readonly events: ChannelEvent[] = [];
  readonly messages: string[] = [];
  readonly violations: MessageViolation[] = [];
  /** What `closed` was given. */
  reason: Error | undefined;
  /** What a test does where something happens; without a value nothing. */
  react: Partial<{ [Event in ChannelEvent]: () => void }> = {};
  readonly #waiters = new Set<() => void>();

  /** Opens the channel. */
  constructor(channel: Channel, react: Recorder["react"] = {}) {
    this.channel = channel;
    this.react = react;
    channel.open(this);
  }

  /** Resolves once `count` messages arrived. */
  received(count: number): Promise<void> {
    return this.until(() => this.messages.length >= count);
  }

  /** Resolves once something happened at least once. */
  happened(event: ChannelEvent): Promise<void> {
    return this.until(() => this.events.includes(event));
  }

  /** Resolves once something is true; looks when something happens. */
  until(isTrue: () => boolean): Promise<void> {
    if (isTrue()) return Promise.resolve();
    return new Promise((resolve) => {
      const look = () => {
        if (!isTrue()) return;
        this.#waiters.delete(look);
        resolve();
      };
      this.#waiters.add(look);
    });
  }

  message(text: string): void {
    this.messages.push(text);
    this.#note("message");
  }

  malformed(violation: MessageViolation): void {
    this.violations.push(violation);
    this.#note("malformed");
  }

  pressed(): void {
    this.#note("pressed");
  }

  drained(): void {
    this.#note("drained");
  }

  ended(): void {
    this.#note("ended");
  }

  closed(reason: Error | undefined): void {
    this.reason = reason;
    this.#note("closed");
  }

  #note(event: ChannelEvent): void {
    assert(!this.events.includes("closed"), `${event} after closed`);
    if (event === "message") assert(!this.events.includes("ended"), "a message after the end");
    if (event === "ended") assert(!this.events.includes("ended"), "ended twice");
    this.events.push(event);
    this.react[event]?.();
    for (const look of [...this.#waiters]) look();
  }
}
