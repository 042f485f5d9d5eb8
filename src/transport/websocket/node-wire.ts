import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import { FramingError } from "../../framing/framing-error.ts";
import { textOf } from "../../framing/text.ts";
import { type Clock, systemClock } from "../../time/clock.ts";
import { CloseCode } from "./close.ts";
import { textFrames } from "./frames.ts";
import { Heartbeat } from "./heartbeat.ts";
import { WebSocketViolation, type WebSocketWire, type WireEvents } from "./wire.ts";

/** The options of the package `ws` that both ends need for what {@link NodeWire} relies on. */
export function wireOptions(messageBytes: number) {
  return {
    // It cuts the number to 32 bits, and takes 0 for no limit. No string is longer than this.
    maxPayload: Math.max(1, Math.floor(Math.min(messageBytes, 2 ** 31 - 1))),
    // Off for what it costs in memory and time, and because what compresses well is a way to send a bomb.
    perMessageDeflate: false,
    // The wire looks itself, once, while it makes the text.
    skipUTF8Validation: true,
    // A pong for each ping, gathered for a peer that does not read, would be a flood of the peer's making.
    autoPong: false,
  } as const;
}

/** What a {@link NodeWire} can be told. */
export interface NodeWireOptions {
  /** Whether this end is the client, whose frames are masked. */
  readonly masked: boolean;
  /** The longest message that is taken in, as `wireOptions` had it. */
  readonly messageBytes: number;
  /** Milliseconds of silence before a ping, Infinity for none. */
  readonly heartbeat: number;
  readonly clock?: Clock;
}

/**
 * A WebSocket of the package `ws`, which reads, answers pings, and opens and closes it. Texts are written past it, in
 * frames of this project's own; without compression nothing of `ws` is in between.
 */
export class NodeWire implements WebSocketWire {
  readonly #webSocket: WebSocket;
  readonly #socket: Socket;
  readonly #options: NodeWireOptions;
  #unwritten = 0;
  /** What came: messages, and bytes of pings and pongs. */
  #messages = 0;
  #controlBytes = 0;
  /** How it was when somebody first looked after the last message. */
  #messagesSeen = -1;
  #bytesSeen = 0;
  /** What the last ping held that was not answered. */
  #pongDue: Buffer | undefined;
  #error: Error | undefined;

  /** @param socket - what it runs on */
  constructor(webSocket: WebSocket, socket: Socket, options: NodeWireOptions) {
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#options = options;
  }

  get queuedBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  get taken(): number {
    const { bytesWritten, writableLength } = this.#socket;
    // The system takes a large write in parts, which Node.js does not count; its own timeouts of sockets look at this.
    const { _handle: handle } = this.#socket as { _handle?: { readonly writeQueueSize?: number } | null };
    return bytesWritten - writableLength - (handle?.writeQueueSize ?? 0);
  }

  /** To be looked at now and then: whether more has come than pings and pongs since it was, and no message. */
  get arriving(): boolean {
    const bytes = this.#socket.bytesRead - this.#controlBytes;
    if (this.#messages !== this.#messagesSeen) {
      this.#messagesSeen = this.#messages;
      this.#bytesSeen = bytes;
    }
    return bytes > this.#bytesSeen;
  }

  get ready(): boolean {
    // A write that went out at once is called back later; a ping on its way is not waited for.
    return this.#unwritten === 0 || this.#webSocket.bufferedAmount === 0;
  }

  get open(): boolean {
    return this.#webSocket.readyState === this.#webSocket.OPEN;
  }

  start(events: WireEvents): void {
    const webSocket = this.#webSocket;
    this.#written = () => events.written();
    // `ws` hides the errors of its socket, and says that there was no close frame.
    this.#socket.on("error", (error) => {
      this.#error ??= error;
    });
    webSocket.on("message", (data, isBinary) => {
      this.#messages++;
      const message = isBinary ? binary() : textIn(data as Buffer);
      if (typeof message === "string") events.text(message);
      else events.violation(message);
    });
    webSocket.on("ping", (data) => {
      this.#controlCame(data);
      this.#pong(data);
    });
    webSocket.on("pong", (data) => this.#controlCame(data));
    // `ws` has sent the close frame already.
    webSocket.on("error", (error) => events.violation(violationOf(error, this.#options.messageBytes)));
    const heartbeat = this.#startHeartbeat();
    webSocket.on("close", (code, reason) => {
      heartbeat?.stop();
      events.closed(code, reason.toString(), this.#error);
    });
  }

  soon(action: () => void): void {
    process.nextTick(action);
  }

  write(texts: readonly string[]): void {
    this.#unwritten++;
    this.#socket.write(textFrames(texts, this.#options.masked), this.#onWritten);
  }

  pause(): void {
    this.#webSocket.pause();
  }

  resume(): void {
    this.#webSocket.resume();
  }

  close(code: number): void {
    this.#webSocket.close(code);
  }

  destroy(): void {
    this.#webSocket.terminate();
  }

  /** Two bytes, a mask before what a client sends, and its data (RFC 6455, section 5.2). */
  #controlCame(data: Buffer): void {
    this.#controlBytes += data.length + (this.#options.masked ? 2 : 6);
  }

  #written: () => void = () => {};

  readonly #onWritten = (error?: Error | null): void => {
    this.#unwritten--;
    if (!error && this.#unwritten === 0) this.#written();
  };

  /** RFC 6455, section 5.5.3: where more pings came than could be answered, the last one is. */
  #pong(data: Buffer): void {
    const isOnItsWay = this.#pongDue !== undefined;
    this.#pongDue = data;
    if (!isOnItsWay) this.#sendPong(data);
  }

  #sendPong(data: Buffer): void {
    this.#webSocket.pong(data, undefined, (error) => {
      const due = this.#pongDue;
      this.#pongDue = undefined;
      if (!error && due !== undefined && due !== data) this.#pong(due);
    });
  }

  #startHeartbeat(): Heartbeat | undefined {
    const { heartbeat: interval, clock = systemClock } = this.#options;
    if (interval === Number.POSITIVE_INFINITY) return undefined;
    const webSocket = this.#webSocket;
    return new Heartbeat(this.#socket, {
      interval,
      clock,
      isReading: () => !webSocket.isPaused,
      ping: () => webSocket.ping(),
      dead: () => {
        this.#error ??= new Error(`the peer was silent, and did not answer a ping within ${interval} ms`);
        webSocket.terminate();
      },
    });
  }
}

function textIn(bytes: Buffer): string | WebSocketViolation {
  try {
    return textOf(bytes);
  } catch (cause) {
    if (!(cause instanceof FramingError)) throw cause;
    return new WebSocketViolation("not-utf8", CloseCode.invalidPayload, cause.message, { cause });
  }
}

function binary(): WebSocketViolation {
  return new WebSocketViolation("binary", CloseCode.unsupportedData, "the message is binary, and JSON is text");
}

/** What `ws` found wrong. */
function violationOf(error: Error, messageBytes: number): WebSocketViolation {
  const { code = "" } = error as NodeJS.ErrnoException;
  // Its own words name no number.
  if (/_MESSAGE_LENGTH$|_DATA_PAYLOAD_LENGTH$/.test(code)) {
    const message = `a message is longer than the limit of ${messageBytes} bytes`;
    return new WebSocketViolation("too-long", CloseCode.tooBig, message, { cause: error });
  }
  return new WebSocketViolation("not-a-frame", CloseCode.normal, error.message, { cause: error });
}
