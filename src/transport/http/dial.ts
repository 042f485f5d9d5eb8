import { type Address, InvalidAddressError } from "../address.ts";
import type { DialOptions } from "../transport.ts";
import { fetchSender } from "./fetch-sender.ts";
import { HttpExchange } from "./http-exchange.ts";
import type { HttpDialOptions } from "./options.ts";
import type { HttpSender } from "./sender.ts";

const CONCURRENCY = 256;

/** Makes what sends requests, of where to and the transport's options. */
export type MakeSender = (url: URL, transport: Readonly<Record<string, unknown>>) => HttpSender;

/**
 * The client's half, which is the same in Node.js and in browsers, but for what sends the requests.
 *
 * @param makeSender - where the user gives no `fetch`. Default: the platform's
 * @throws InvalidAddressError, TypeError, RangeError when the address or an option makes no sense
 */
export async function dialHttp(
  scheme: "http" | "https",
  address: Address,
  { limits, signal, transport }: DialOptions,
  makeSender?: MakeSender,
): Promise<HttpExchange> {
  const { url, authorization } = target(address);
  const { concurrency = CONCURRENCY, headers, fetch } = dialOptions(transport);
  const sendsByFetch = fetch !== undefined || makeSender === undefined;
  if (sendsByFetch && transport.tls !== undefined) {
    throw new TypeError("fetch takes no options of TLS: give the option http.fetch one that has them");
  }
  signal.throwIfAborted();
  return new HttpExchange({
    sender: sendsByFetch ? fetchSender(url.href, fetch) : makeSender(url, transport),
    concurrency,
    ...(headers && { headers }),
    authorization,
    peer: { transport: scheme },
    messageBytes: limits.messageBytes,
  });
}

/** Where to send requests, and as whom. */
function target(address: Address): { readonly url: URL; readonly authorization: string | undefined } {
  const url = new URL(address.url);
  if (url.hash !== "") throw new InvalidAddressError(address.text, "expected no fragment");
  if (url.port === "0")
    throw new InvalidAddressError(address.text, "expected a port from 1 to 65535 (0 is for listening)");
  const { username, password } = url;
  url.username = "";
  url.password = "";
  const authorization = username === "" && password === "" ? undefined : basic(address, username, password);
  return { url, authorization };
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
