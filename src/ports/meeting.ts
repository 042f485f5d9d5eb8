/**
 * How two ends find each other where other traffic passes too, and where it is not known who comes first.
 *
 * Each says hello with a name of its own choice. Whoever hears a hello and has the greater name answers that they have
 * met, the other one answers with a hello. So they meet whoever came second, and only one of them makes the port.
 */

/** A port on its way to the other end, or one that has come from there. */
export type Port = object;

/** Where notes are left. Everybody's messages pass there. */
export interface MeetingPlace {
  /** @param port - to be transferred with the note, which holds it too */
  post(note: object, port: Port | undefined): void;
  /** Makes the two ends of a line for this meeting alone. Without it they go on talking in the place itself. */
  readonly makePorts?: () => readonly [here: Port, there: Port];
}

/** What comes of it. */
export interface MeetingEvents {
  /** The other end is there. */
  met(peer: string, port: Port | undefined): void;
  /** It has left, or somebody else has taken its place. */
  left(): void;
}

interface Note {
  readonly tsjason: "hello" | "met" | "bye";
  readonly from: string;
  readonly to?: string;
  readonly port?: Port;
}

export class Meeting {
  /** This end's name. */
  readonly name: string = Math.random().toString(36).slice(2);
  readonly #place: MeetingPlace;
  readonly #events: MeetingEvents;
  #peer: string | undefined;
  /** Whose hello was answered with one, and who may leave before they meet. */
  #greeted: string | undefined;

  constructor(place: MeetingPlace, events: MeetingEvents) {
    this.#place = place;
    this.#events = events;
  }

  begin(): void {
    this.#post("hello");
  }

  /** Something was said in the place; others' messages are left alone. */
  hear(message: unknown): void {
    if (!isNote(message)) return;
    const { tsjason: kind, from, to, port } = message;
    if (kind === "bye") {
      if (from === (this.#peer ?? this.#greeted)) this.#events.left();
    } else if (kind === "hello") this.#hearHello(from);
    else if (to === this.name && this.#peer === undefined && (!this.#place.makePorts || isPort(port))) {
      this.#meet(from, port);
    }
  }

  leave(): void {
    this.#post("bye");
  }

  #hearHello(from: string): void {
    if (this.#peer !== undefined) {
      if (from !== this.#peer) this.#events.left();
    } else if (from > this.name) {
      this.#greeted = from;
      this.#post("hello");
    } else {
      const [here, there] = this.#place.makePorts?.() ?? [];
      this.#post("met", from, there);
      this.#meet(from, here);
    }
  }

  #meet(peer: string, port: Port | undefined): void {
    this.#peer = peer;
    this.#events.met(peer, port);
  }

  #post(kind: Note["tsjason"], to?: string, port?: Port): void {
    this.#place.post({ tsjason: kind, from: this.name, ...(to && { to }), ...(port && { port }) }, port);
  }
}

/** A note may come from anybody: what it brings need not be a port. */
function isPort(port: unknown): boolean {
  if (typeof port !== "object" || port === null || !("postMessage" in port)) return false;
  return typeof port.postMessage === "function" && ("on" in port || "addEventListener" in port);
}

function isNote(message: unknown): message is Note {
  if (typeof message !== "object" || message === null) return false;
  const { tsjason, from } = message as Partial<Note>;
  return (tsjason === "hello" || tsjason === "met" || tsjason === "bye") && typeof from === "string";
}
