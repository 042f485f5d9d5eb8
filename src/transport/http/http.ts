import { untrusted } from "../../protocol/limits.ts";
import { type Address, InvalidAddressError } from "../address.ts";
import type { Transport } from "../transport.ts";
import { FetchExchange } from "./fetch-exchange.ts";
import type { HttpDialOptions } from "./options.ts";

const CONCURRENCY = 256;

/**
 * HTTP: `http://127.0.0.1:8080/rpc`, port 80 unless it says otherwise, and port 0 to listen on one that the system
 * picks. A message is the body of a POST, and its answer that of the response (RFC 9110); a server cannot call.
 *
 * A client uses the platform's `fetch`, which keeps connections. Nothing is dialled before a call: whether anybody
 * is there shows then. Default limits: the `untrusted` profile.
 *
 * Its options stand under `http`: {@link HttpDialOptions}, `HttpListenOptions`.
 */
export const http: Transport = transportOf("http");

/**
 * HTTP over TLS: `https://example.org/rpc`, port 443 unless it says otherwise; all else is as http has it.
 *
 * To listen it takes the options under `tls` too, as the transport tls does. To dial it does not: `fetch` verifies
 * servers by what the platform trusts, and has no way to be told otherwise.
 */
export const https: Transport = transportOf("https");

function transportOf(scheme: "http" | "https"): Transport {
  return {
    limits: untrusted,

    async connect(address, { limits, signal, transport }) {
      const { url, authorization } = target(address);
      const given = dialOptions(transport);
      if (transport.tls !== undefined) {
        throw new TypeError("fetch takes no options of TLS: give the option http.fetch one that has them");
      }
      signal.throwIfAborted();
      return new FetchExchange({
        concurrency: CONCURRENCY,
        ...given,
        url,
        authorization,
        peer: { transport: scheme },
        messageBytes: limits.messageBytes,
      });
    },

    async listen(address, options) {
      const { listen } = await import("./listen.ts");
      return listen(scheme, address, options);
    },
  };
}

/** Where to send requests, and as whom. */
function target(address: Address): { readonly url: string; readonly authorization: string | undefined } {
  const url = new URL(address.url);
  if (url.hash !== "") throw new InvalidAddressError(address.text, "expected no fragment");
  if (url.port === "0")
    throw new InvalidAddressError(address.text, "expected a port from 1 to 65535 (0 is for listening)");
  const { username, password } = url;
  url.username = "";
  url.password = "";
  const authorization = username === "" && password === "" ? undefined : basic(address, username, password);
  return { url: url.href, authorization };
}

/** Credentials as RFC 7617 writes them, in UTF-8. */
function basic(address: Address, username: string, password: string): string {
  let credentials: string;
  try {
    credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  } catch {
    throw new InvalidAddressError(address.text, "expected percent-encoded UTF-8 as its user and password");
  }
  return `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(credentials)))}`;
}

function dialOptions({ http: given = {} }: Readonly<Record<string, unknown>>): Partial<HttpDialOptions> {
  if (typeof given !== "object" || given === null) {
    throw new TypeError(`expected an object as the option http, got ${typeof given}`);
  }
  // What is undefined was not said: it must not stand in for a default.
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as HttpDialOptions;
  const { concurrency = 1, fetch } = said;
  if (concurrency !== Number.POSITIVE_INFINITY && !(Number.isInteger(concurrency) && concurrency > 0)) {
    throw new RangeError(`expected a number above zero as the option http.concurrency, got ${String(concurrency)}`);
  }
  if (fetch !== undefined && typeof fetch !== "function") {
    throw new TypeError(`expected a function as the option http.fetch, got ${typeof fetch}`);
  }
  return said;
}
