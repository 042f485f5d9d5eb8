import type { MessagePort } from "node:worker_threads";
import type { TargetPort } from "../../src/ports/listen.ts";

type Listener = (event: never) => void;

/** A port as a browser has it: events instead of values, no message before `start`, and no word of the other end's close. */
export class BrowserPort implements TargetPort {
  readonly #port: MessagePort;
  readonly #listeners = new Map<Listener, (data: unknown) => void>();
  readonly #waiting: ((data: unknown) => void)[] = [];
  #started = false;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  /** How many listeners there are. */
  get listeners(): number {
    return this.#listeners.size;
  }

  postMessage(message: unknown, transfer: never[] = []): void {
    this.#port.postMessage(message, transfer);
  }

  addEventListener(event: string, listener: Listener): void {
    if (event !== "message" && event !== "messageerror") return;
    const onEvent = (data: unknown) => listener({ type: event, data } as never);
    this.#listeners.set(listener, onEvent);
    if (this.#started) this.#port.on(event, onEvent);
    else if (event === "message") this.#waiting.push(onEvent);
  }

  removeEventListener(event: string, listener: Listener): void {
    const onEvent = this.#listeners.get(listener);
    if (onEvent && (event === "message" || event === "messageerror")) this.#port.off(event, onEvent);
    this.#listeners.delete(listener);
  }

  start(): void {
    this.#started = true;
    for (const onEvent of this.#waiting.splice(0)) this.#port.on("message", onEvent);
  }

  close(): void {
    this.#port.close();
  }
}
