import type { WireRecord } from "./wire-log.ts";

/** Hears what passes a proxy: whose connection, who said it, and the text; or something to tell the user. */
export interface Watch {
  passed(connection: number, from: WireRecord["from"], text: string): void;
  note(connection: number, what: string): void;
}
