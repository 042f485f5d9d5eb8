import { type Address, InvalidAddressError, parametersOf } from "../address.ts";

/** What an address of NATS names. */
export interface Target {
  /** `host:port` of a broker, or `undefined` where the address leaves it to the options. */
  readonly server: string | undefined;
  /** As whom to connect, in the options' own words. */
  readonly credentials: { readonly user: string; readonly pass: string } | { readonly token: string } | undefined;
  /** The subject under which methods have theirs. */
  readonly prefix: string;
}

/* Tokens of letters, digits and what else no tool trips over; "$" begins the broker's own subjects. */
const PREFIX = /^(?:[A-Za-z0-9_~-][A-Za-z0-9_~$-]*)(?:\.[A-Za-z0-9_~$-]+)*$/;
const MAX_PREFIX = 256;
const DEFAULT_PORT = "4222";

/**
 * Reads `nats://user:password@host:4222/subject.prefix`; a user alone is a token.
 *
 * @throws InvalidAddressError
 */
export function targetOf(address: Address): Target {
  const { url, text } = address;
  parametersOf(address, []);
  if (url.hash !== "") throw new InvalidAddressError(text, "expected no fragment");
  if (url.port === "0")
    throw new InvalidAddressError(text, "expected a port from 1 to 65535: a broker has to be there");
  const prefix = url.pathname.replace(/^\//, "");
  if (!PREFIX.test(prefix) || prefix.length > MAX_PREFIX) {
    const expected = `expected a subject of letters, digits, "-", "_" and "~" behind the host, in parts with dots between`;
    throw new InvalidAddressError(text, `${expected}, for example nats://127.0.0.1:4222/shop.orders`);
  }
  const server = url.hostname === "" ? undefined : `${url.hostname}:${url.port || DEFAULT_PORT}`;
  return { server, credentials: credentialsOf(address), prefix };
}

function credentialsOf({ url, text }: Address): Target["credentials"] {
  if (url.username === "" && url.password === "") return undefined;
  try {
    const user = decodeURIComponent(url.username);
    return url.password === "" ? { token: user } : { user, pass: decodeURIComponent(url.password) };
  } catch {
    throw new InvalidAddressError(text, "expected percent-encoded UTF-8 as its user and password");
  }
}
