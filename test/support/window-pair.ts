import type { ListeningWindow, WindowTarget } from "../../src/ports/window.ts";

type Listener = (event: never) => void;

/** A window of a browser, as far as windows talk to each other. */
export class FakeWindow implements ListeningWindow {
  /** The origin of the page that is in it. */
  origin: string;
  readonly #listeners = new Set<Listener>();

  constructor(origin: string) {
    this.origin = origin;
  }

  addEventListener(event: string, listener: Listener): void {
    if (event === "message") this.#listeners.add(listener);
  }

  removeEventListener(_event: string, listener: Listener): void {
    this.#listeners.delete(listener);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Tells it something as a window of that origin does. */
  hear(data: unknown, origin: string, source: unknown): void {
    queueMicrotask(() => {
      for (const listener of [...this.#listeners]) listener({ data, origin, source } as never);
    });
  }

  /** What another window has of this one, and is known by here. */
  seenFrom(other: () => { readonly window: FakeWindow; readonly source: unknown }): WindowTarget {
    return {
      postMessage: (data, targetOrigin) => {
        // As browsers do: what is not meant for the page that is there is dropped.
        if (targetOrigin !== "*" && targetOrigin !== this.origin) return;
        const { window, source } = other();
        this.hear(data, window.origin, source);
      },
    };
  }
}

/** Two windows and what each has of the other. */
export function windowPair(hereOrigin = "https://here.example", thereOrigin = "https://there.example") {
  const here = new FakeWindow(hereOrigin);
  const there = new FakeWindow(thereOrigin);
  const seenByHere: WindowTarget = there.seenFrom(() => ({ window: here, source: seenByThere }));
  const seenByThere: WindowTarget = here.seenFrom(() => ({ window: there, source: seenByHere }));
  return { here, there, seenByHere, seenByThere };
}
