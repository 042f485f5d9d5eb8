import { Departure, type End } from "./departure.ts";
import type { PortLike } from "./listen.ts";
import { Meeting, type Port } from "./meeting.ts";
import { MessagePortWire } from "./message-port.ts";
import type { PortWire, WireEvents } from "./port-wire.ts";

/** A place where two ends meet to get a port between them, and what is heard there. */
export interface Meetable {
  /** Transfers the port, which the note holds too. */
  post(note: object, transfer: readonly Port[]): void;
  /** @returns what stops it */
  listen(heard: MeetableEvents): () => void;
  /** Whether the other side's exit will be told where its port closes. */
  readonly exits: boolean;
}

/** What is heard in such a place. */
export interface MeetableEvents {
  message(message: unknown): void;
  /** The other side is gone. */
  exited(end: End): void;
  /** It cannot be started, or not be understood: who has not met it yet never will. */
  failed(reason: Error): void;
}

interface PlatformChannel {
  readonly port1: Port;
  readonly port2: Port;
}

/* Node.js and browsers have it; the types of neither are at hand everywhere. */
const platform = globalThis as unknown as { readonly MessageChannel: new () => PlatformChannel };

/**
 * A port that the two ends make when they have met: other traffic of the place where they did is left alone, and leaves
 * them alone.
 */
export class MeetingWire implements PortWire {
  readonly meets = true;
  readonly #place: Meetable;
  readonly #release: () => void;
  #line: MessagePortWire | undefined;
  #end: () => void = () => {};

  /** @param release - called when the place is free again */
  constructor(place: Meetable, release: () => void) {
    this.#place = place;
    this.#release = release;
  }

  get state(): "apart" | "ready" {
    return this.#line ? "ready" : "apart";
  }

  start(events: WireEvents): void {
    const departure = new Departure(({ reason, orderly }) => {
      if (orderly) events.ended(reason);
      else events.broken(reason);
    });
    const meeting = new Meeting(
      {
        post: (note, port) => this.#place.post(note, port ? [port] : []),
        makePorts: () => {
          const { port1, port2 } = new platform.MessageChannel();
          return [port1, port2];
        },
      },
      {
        met: (_, port) => {
          this.#line = new MessagePortWire(port as PortLike, true);
          this.#line.start({
            ready: () => {},
            received: (message) => events.received(message),
            garbled: () => events.garbled(),
            ended: () => {},
            broken: (reason) => (this.#place.exits ? departure.lineClosed(reason) : events.broken(reason)),
          });
          events.ready();
        },
        // Its last words may be on their way, through the port.
        left: () => departure.lineClosed(new Error("the other side was replaced by another")),
      },
    );
    const stop = this.#place.listen({
      message: (message) => meeting.hear(message),
      exited: (end) => {
        departure.exited(end);
        if (!this.#line) departure.lineClosed(end.reason);
      },
      failed: (reason) => {
        if (!this.#line) events.broken(reason);
      },
    });
    this.#end = () => {
      stop();
      departure.forget();
      if (!this.#line) meeting.leave();
    };
    meeting.begin();
  }

  post(message: string | readonly string[]): void {
    this.#line?.post(message);
  }

  whenWritten(action: () => void): void {
    action();
  }

  close(): void {
    this.#end();
    this.#line?.close();
    this.#release();
  }
}
