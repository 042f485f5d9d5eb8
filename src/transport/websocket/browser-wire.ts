import { isLongerThan } from "../../protocol/limits.ts";
import { CloseCode } from "./close.ts";
import { WebSocketViolation, type WebSocketWire, type WireEvents } from "./wire.ts";

/** The WebSocket of a browser, as far as it is used here (WHATWG, WebSockets, section 3). */
export interface PlatformWebSocket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  readonly protocol: string;
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

const OPEN = 1;

/* A browser does not say when what it was given has left: it is asked, at first soon, then ever more seldom. In ms. */
const FIRST_LOOK = 1;
const LAST_LOOK = 64;

/* With so many bytes or more in the browser's hands, the rest waits: what is not yet given was not sent. */
const ROOM = 64 * 1_024;

/* A browser lets a page say only 1000 and 3000 to 4999 (WHATWG, WebSockets, section 3.1). */
const PRIVATE = 3_000;

/**
 * The WebSocket of a browser. It cannot stop reading, ping, or be cut off: the channel keeps what comes while it is
 * paused, up to a bound, and one that is destroyed is closed and not listened to any more.
 */
export class BrowserWire implements WebSocketWire {
  readonly #webSocket: PlatformWebSocket;
  readonly #messageBytes: number;
  #events: WireEvents | undefined;
  #looking: ReturnType<typeof setTimeout> | undefined;

  /** @param messageBytes - the longest message that is taken in */
  constructor(webSocket: PlatformWebSocket, messageBytes: number) {
    this.#webSocket = webSocket;
    this.#messageBytes = messageBytes;
  }

  get queuedBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  get ready(): boolean {
    return this.#webSocket.bufferedAmount < ROOM;
  }

  get open(): boolean {
    return this.#webSocket.readyState === OPEN;
  }

  start(events: WireEvents): void {
    this.#events = events;
    this.#webSocket.onmessage = ({ data }) => {
      const violation = this.#violationIn(data);
      if (violation) this.#events?.violation(violation);
      else this.#events?.text(data as string);
    };
    this.#webSocket.onclose = ({ code, reason }) => this.#closed(code, reason);
  }

  soon(action: () => void): void {
    queueMicrotask(action);
  }

  write(texts: readonly string[]): void {
    for (const text of texts) this.#webSocket.send(text);
    if (this.#webSocket.bufferedAmount >= ROOM) this.#looking ??= setTimeout(this.#look, FIRST_LOOK, FIRST_LOOK * 2);
  }

  pause(): void {}

  resume(): void {}

  close(code: number): void {
    this.#webSocket.close(code === CloseCode.normal ? code : PRIVATE + code);
  }

  destroy(): void {
    this.#webSocket.close();
    queueMicrotask(() => this.#closed(CloseCode.abnormal, ""));
  }

  readonly #look = (next: number): void => {
    this.#looking = undefined;
    if (this.ready) this.#events?.written();
    if (!this.ready) this.#looking ??= setTimeout(this.#look, next, Math.min(next * 2, LAST_LOOK));
  };

  #closed(code: number, reason: string): void {
    clearTimeout(this.#looking);
    const events = this.#events;
    this.#events = undefined;
    events?.closed(code, reason);
  }

  #violationIn(data: unknown): WebSocketViolation | undefined {
    if (typeof data !== "string") {
      return new WebSocketViolation("binary", CloseCode.unsupportedData, "the message is binary, and JSON is text");
    }
    if (!isLongerThan(data, this.#messageBytes)) return undefined;
    const message = `a message is longer than the limit of ${this.#messageBytes} bytes`;
    return new WebSocketViolation("too-long", CloseCode.tooBig, message);
  }
}
