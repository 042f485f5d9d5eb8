import { schemeOf } from "../connect/address.ts";
import { out } from "../output/out.ts";
import { escapedBytes } from "./escape.ts";
import type { Observers } from "./observed.ts";

/* More of one piece is not shown: a terminal would scroll for minutes. */
const SHOWN_BYTES = 16_384;

/** Shows what passes on the wire of an address, on stderr: bytes of streams, texts of all else. */
export function showWire(address: string): Pick<Observers, "bytes" | "wireText"> {
  if (/^(tcp|tls|unix|stdio)$/.test(schemeOf(address))) return { bytes: show };
  // What goes out over HTTP is shown with the head of its request.
  const isHttp = schemeOf(address).startsWith("http");
  return {
    wireText: (direction, text) => {
      if (direction === "in" || !isHttp) show(direction, Buffer.from(text));
    },
  };
}

function show(direction: "in" | "out", bytes: Uint8Array): void {
  const rest = bytes.length > SHOWN_BYTES ? out.paintError("dim", ` … ${bytes.length - SHOWN_BYTES} bytes more`) : "";
  const mark = direction === "out" ? out.paintError("cyan", ">") : out.paintError("magenta", "<");
  out.note(`${mark} ${escapedBytes(bytes.subarray(0, SHOWN_BYTES))}${rest}`);
}

/** A `fetch` that shows its requests, and the heads of the responses; their bodies are shown as texts. */
export function showHttp(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  const head = (direction: "in" | "out", lines: readonly string[]) => {
    for (const line of lines) show(direction, Buffer.from(line));
  };
  return async (input, init = {}) => {
    const { pathname, search, host } = new URL(String(input));
    const request = `${init.method ?? "GET"} ${pathname}${search} HTTP`;
    head("out", [request, `host: ${host}`, ...headerLines(new Headers(init.headers))]);
    if (typeof init.body === "string") show("out", Buffer.from(init.body));
    const response = await fetch(input, init);
    head("in", [`HTTP ${response.status}`, ...headerLines(response.headers)]);
    return response;
  };
}

function headerLines(headers: Headers): string[] {
  // What is shown may be pasted into a report.
  return [...headers].map(
    ([name, value]) => `${name}: ${name === "authorization" ? value.replace(/ .*/, " …") : value}`,
  );
}
