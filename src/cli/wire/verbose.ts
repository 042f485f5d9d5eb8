import { schemeOf } from "../connect/address.ts";
import { out } from "../output/out.ts";
import { escapedBytes } from "./escape.ts";
import type { Observers } from "./observed.ts";

/* More of one piece is not shown: a terminal would scroll for minutes. */
const SHOWN_BYTES = 16_384;

/** Shows what passes on the wire of an address, on stderr: bytes of streams, texts of all else. */
export function showWire(address: string): Pick<Observers, "bytes" | "wireText"> {
  if (/^(tcp|tls|unix|stdio|https?)$/.test(schemeOf(address))) return { bytes: show };
  return { wireText: (direction, text) => show(direction, Buffer.from(text)) };
}

function show(direction: "in" | "out", bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  const rest = bytes.length > SHOWN_BYTES ? out.paintError("dim", ` … ${bytes.length - SHOWN_BYTES} bytes more`) : "";
  const mark = direction === "out" ? out.paintError("cyan", ">") : out.paintError("magenta", "<");
  out.note(`${mark} ${escapedBytes(bytes.subarray(0, SHOWN_BYTES))}${rest}`);
}
