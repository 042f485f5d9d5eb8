/*
 * What two channels say to each other between the texts. They are notifications with names that the specification
 * keeps for extensions, so another implementation of JSON-RPC on the other end has no need to know of them.
 */
const CONTROL = '{"jsonrpc":"2.0","method":"rpc.port.';

/** The sender takes arrays of texts, and acknowledges what was taken in. */
export const HELLO = `${CONTROL}hello"}`;
/** The sender will send no more, and hears nothing more. */
export const END = `${CONTROL}end"}`;
/** The sender was destroyed. */
export const CUT = `${CONTROL}cut"}`;

const ACK = /^ack","params":\[([1-9][0-9]{0,15})\]\}$/;

/** Exactly these four: all else, whatever its method is called, is a message. */
export function isControl(text: string): boolean {
  if (!text.startsWith(CONTROL)) return false;
  return text === HELLO || text === END || text === CUT || text.startsWith(`${CONTROL}ack"`);
}

/** So many characters more were taken in. */
export function acknowledgement(characters: number): string {
  return `${CONTROL}ack","params":[${characters}]}`;
}

/** How many characters a control text acknowledges: 0 when it is none that does. */
export function acknowledged(control: string): number {
  return Number(ACK.exec(control.slice(CONTROL.length))?.[1] ?? 0);
}
