import type { MessageViolation } from "../../connection/channel.ts";

/**
 * A WebSocket as its channel sees it, whoever made it: the package `ws` on Node.js, the platform in a browser. It is
 * open when the channel gets it.
 */
export interface WebSocketWire {
  /** Bytes it was given that have not left this process. */
  readonly queuedBytes: number;
  /** A number that changes whenever the peer has taken something of them, where that can be seen. */
  readonly taken?: number;
  /** Whether a part of a message has arrived, where that can be seen. */
  readonly arriving?: boolean;
  /** Whether it takes texts now. Where it does not, and is not closing, `written` is about to come. */
  readonly ready: boolean;
  /** Whether a text that it is given can still reach the peer: nobody has closed it. */
  readonly open: boolean;
  /** Says from now on what happens, never from inside a call of the wire. To be called at once, and once. */
  start(events: WireEvents): void;
  /** Runs something when the code that runs now has said all it has to say. */
  soon(action: () => void): void;
  /** Sends texts, each in a message of its own. */
  write(texts: readonly string[]): void;
  /** Stops reading, where it can; texts that come nevertheless are the channel's to keep. */
  pause(): void;
  resume(): void;
  /** Sends a close frame behind all that was written, and waits for the peer's. */
  close(code: number): void;
  destroy(): void;
}

/** What a wire tells its channel. */
export interface WireEvents {
  text(text: string): void;
  violation(violation: WebSocketViolation): void;
  /** What it was given has left, and `ready` is true. */
  written(): void;
  /**
   * It is over. Called once, last.
   *
   * @param code - of the peer's close frame, 1006 where there was none
   * @param error - what the platform says of a connection that broke
   */
  closed(code: number, reason: string, error?: Error): void;
}

/** What can be wrong with what arrives on a WebSocket, by name. */
export type WebSocketViolationName =
  /** A message of bytes; JSON is text. */
  | "binary"
  /** A message longer than the limit. */
  | "too-long"
  /** A text whose bytes are not UTF-8. */
  | "not-utf8"
  /** Frames that are not as RFC 6455 has them, or too many of them in one message. */
  | "not-a-frame";

/** Something arrived that is no message. All that follows is lost with it. */
export class WebSocketViolation extends Error implements MessageViolation {
  override name = "WebSocketViolation";
  readonly violation: WebSocketViolationName;
  readonly fatal = true;
  /** What the WebSocket is closed with. */
  readonly closeCode: number;

  constructor(violation: WebSocketViolationName, closeCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.violation = violation;
    this.closeCode = closeCode;
  }
}
