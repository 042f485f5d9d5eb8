/** What hears of an event. Each kind of port types its events in a way of its own. */
// biome-ignore lint/suspicious/noExplicitAny: only this lets the types of all of them pass
type Listener = (...values: any[]) => void;

/** A port that tells by events as Node.js does: its `MessagePort` and `Worker`. */
export interface EmittingPort {
  postMessage(message: unknown, transfer?: readonly never[]): void;
  on(event: string, listener: Listener): unknown;
  off(event: string, listener: Listener): unknown;
  start?(): void;
  close?(): void;
}

/** A port that tells by events as browsers do: `MessagePort`, `Worker`, a worker's own global object. */
export interface TargetPort {
  postMessage(message: unknown, transfer: never[]): void;
  addEventListener(event: string, listener: Listener): void;
  removeEventListener(event: string, listener: Listener): void;
  start?(): void;
  close?(): void;
}

/** A port of either kind. */
export type PortLike = EmittingPort | TargetPort;

/** What has events of either kind. */
export type EventSource =
  | Pick<EmittingPort, "on" | "off">
  | Pick<TargetPort, "addEventListener" | "removeEventListener">;

/**
 * Listens.
 *
 * @param listener - given what Node.js gives; in browsers, the event
 * @returns what stops it
 */
export function listenTo(source: EventSource, event: string, listener: (...values: unknown[]) => void): () => void {
  if ("on" in source) {
    source.on(event, listener);
    return () => source.off(event, listener);
  }
  source.addEventListener(event, listener);
  return () => source.removeEventListener(event, listener);
}

/** The same for messages: the listener is given the message itself. */
export function listenForMessages(source: EventSource, listener: (message: unknown) => void): () => void {
  if ("on" in source) return listenTo(source, "message", listener);
  return listenTo(source, "message", (event) => listener((event as { readonly data: unknown }).data));
}
