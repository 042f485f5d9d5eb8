/** The codes of RFC 6455, section 7.4.1, that have a meaning here. */
export const CloseCode = {
  normal: 1000,
  goingAway: 1001,
  unsupportedData: 1003,
  /** Never sent: stands for a close frame without a code. */
  noStatus: 1005,
  /** Never sent: stands for a connection that ended without a close frame. */
  abnormal: 1006,
  invalidPayload: 1007,
  tooBig: 1009,
} as const;

const names: ReadonlyMap<number, string> = new Map([
  [1002, "protocol error"],
  [1003, "unsupported data"],
  [1007, "invalid payload"],
  [1008, "policy violation"],
  [1009, "message too big"],
  [1010, "mandatory extension"],
  [1011, "internal error"],
  [1012, "service restart"],
  [1013, "try again later"],
]);

/** The peer closed a WebSocket with a code that says that something was wrong. */
export class WebSocketCloseError extends Error {
  override name = "WebSocketCloseError";
  /** As in RFC 6455, section 7.4: 1009 for a message too big, 4000 to 4999 for what two programs agreed on. */
  readonly closeCode: number;
  /** What the peer said of it; often nothing. */
  readonly reason: string;

  constructor(closeCode: number, reason: string) {
    const words = [names.get(closeCode), reason && JSON.stringify(reason)].filter(Boolean).join(", ");
    super(`the peer closed the WebSocket with ${closeCode}${words && ` (${words})`}`);
    this.closeCode = closeCode;
    this.reason = reason;
  }
}

/** Whether a close frame with this code is an end like any other. */
export function isOrderly(code: number): boolean {
  return code === CloseCode.normal || code === CloseCode.goingAway || code === CloseCode.noStatus;
}
