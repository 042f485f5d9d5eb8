import { untrusted } from "../../protocol/limits.ts";
import type { Transport } from "../transport.ts";
import { dialHttp } from "./dial.ts";
import { nodeSender } from "./node-sender.ts";

/**
 * HTTP: `http://127.0.0.1:8080/rpc`, port 80 unless it says otherwise, and port 0 to listen on one that the system
 * picks. A message is the body of a POST, and its answer that of the response (RFC 9110); a server cannot call.
 *
 * A client keeps its connections, and dials none before a call: whether anybody is there shows then. Default limits: the `untrusted` profile.
 *
 * Its options stand under `http`: {@link HttpDialOptions}, `HttpListenOptions`.
 */
export const http: Transport = transportOf("http");

/**
 * HTTP over TLS: `https://example.org/rpc`, port 443 unless it says otherwise; all else is as http has it.
 *
 * It takes the options under `tls` too, as the transport tls does; to dial, not beside `http.fetch`, which has to know
 * them itself.
 */
export const https: Transport = transportOf("https");

function transportOf(scheme: "http" | "https"): Transport {
  return {
    limits: untrusted,

    connect: (address, options) => dialHttp(scheme, address, options, nodeSender),

    async listen(address, options) {
      const { listen } = await import("./listen.ts");
      return listen(scheme, address, options);
    },
  };
}
