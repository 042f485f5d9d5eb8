import { untrusted } from "../../protocol/limits.ts";
import type { Transport } from "../transport.ts";
import { dialHttp } from "./dial.ts";

/** HTTP in a browser, which only dials. */
export const http: Transport = transportOf("http");

/** HTTP over TLS in a browser. */
export const https: Transport = transportOf("https");

function transportOf(scheme: "http" | "https"): Transport {
  return {
    limits: untrusted,
    connect: (address, options) => dialHttp(scheme, address, options),
    async listen() {
      throw new Error("a browser cannot listen");
    },
  };
}
