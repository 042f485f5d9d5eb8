import { Buffer } from "node:buffer";
import { domainToASCII } from "node:url";
import { contentLength } from "../framing/content-length.ts";
import type { Framing } from "../framing/framing.ts";
import { netstring } from "../framing/netstring.ts";
import { newline } from "../framing/newline.ts";
import { type Address, InvalidAddressError, parametersOf } from "./address.ts";

/* The framings that `?framing=` can name. */
const framings: ReadonlyMap<string, Framing> = new Map(
  [netstring, contentLength, newline].map((framing) => [framing.name, framing]),
);

/** What sun_path of sockaddr_un holds with its closing NUL: 108 bytes on Linux, 104 on the BSDs and macOS. */
export const MAX_SOCKET_PATH = process.platform === "linux" ? 107 : 103;

/**
 * The framing an address asks for: `?framing=netstring`, `?framing=content-length` or `?framing=newline`. Default:
 * netstrings.
 *
 * @throws InvalidAddressError when there is none of that name, or there are other parameters
 */
export function framingOf(address: Address): Framing {
  const name = parametersOf(address, ["framing"]).get("framing");
  if (name === undefined) return netstring;
  const framing = framings.get(name);
  if (framing) return framing;
  const known = [...framings.keys()].join(", ");
  throw new InvalidAddressError(address.text, `expected one of the framings ${known}, got ${JSON.stringify(name)}`);
}

/** Where a socket on an IP network goes. */
export interface HostAndPort {
  /** A name, or an IP address, IPv6 ones without brackets. */
  readonly host: string;
  readonly port: number;
}

/**
 * Host and port of an address like `tcp://127.0.0.1:7080`, `tcp://[::1]:7080` or `tcp://localhost:7080`.
 *
 * @param use - port 0, the system's choice, is for listening only
 * @throws InvalidAddressError when one of them is missing, or there is more than them and parameters
 */
export function hostAndPort(address: Address, use: "dial" | "listen"): HostAndPort {
  const { scheme, url } = address;
  const host = networkHost(address);
  if (url.pathname !== "" && url.pathname !== "/") {
    expected(address, "nothing behind the port", JSON.stringify(url.pathname));
  }
  if (url.port === "") expected(address, `a port, as in "${scheme}://${url.hostname}:7080"`, "none");
  return { host, port: portFor(address, Number(url.port), use) };
}

/**
 * Host, port and path of an address of the web's kind: `ws://127.0.0.1:7080/rpc`.
 *
 * @param use - port 0, the system's choice, is for listening only; a query for dialling only
 * @throws InvalidAddressError when there is more than them
 */
export function hostPortAndPath(address: Address, use: "dial" | "listen"): HostAndPort & { readonly path: string } {
  const { scheme, url } = address;
  const host = networkHost(address);
  if (url.search !== "" && use === "listen") expected(address, "no query to listen", "one");
  // A URL leaves out the port that its scheme has by default.
  const port = portFor(address, url.port === "" ? (scheme === "wss" ? 443 : 80) : Number(url.port), use);
  return { host, port, path: url.pathname };
}

/** The host of an address that has one, and nothing that no socket could do with. */
function networkHost(address: Address): string {
  const { scheme, url } = address;
  if (url.hostname === "") expected(address, `"${scheme}://host:port"`, "no host");
  if (url.username !== "" || url.password !== "") expected(address, "no user and no password", "some before the @");
  if (url.hash !== "") expected(address, "no fragment", JSON.stringify(url.hash));
  return hostOf(url) ?? expected(address, "a host name or an IP address", JSON.stringify(url.hostname));
}

function portFor(address: Address, port: number, use: "dial" | "listen"): number {
  if (port === 0 && use === "dial") expected(address, "a port from 1 to 65535 (0 is for listening)", "0");
  return port;
}

function expected(address: Address, what: string, got: string): never {
  throw new InvalidAddressError(address.text, `expected ${what}, got ${got}`);
}

/** The host; `undefined` when it could not be one. URLs of schemes that are not the web's leave that open. */
function hostOf(url: URL): string | undefined {
  if (url.hostname.startsWith("[")) return url.hostname.slice(1, -1);
  try {
    return domainToASCII(decodeURIComponent(url.hostname)) || undefined;
  } catch {
    return undefined;
  }
}

/** The address to dial, where a port was picked. */
export function withPort(address: Address, port: number): string {
  const url = new URL(address.url);
  url.port = String(port);
  return url.href;
}

/**
 * The path of an address like `unix:/run/app.sock`, `unix:///run/app.sock` or `unix:relative.sock`, percent-decoded.
 *
 * It is read from the text: a `URL` would resolve `..`, which means something else where there are symbolic links.
 *
 * @throws InvalidAddressError when there is none, it is malformed or too long, or there is more than it and parameters
 */
export function socketPath(address: Address): string {
  const invalid = (why: string, cause?: unknown) => new InvalidAddressError(address.text, why, { cause });
  if (process.platform === "win32") throw invalid("there are no unix sockets on Windows");
  const text = address.text.trim();
  if (text.includes("#")) throw invalid('expected no fragment (a "#" in a path is written "%23")');
  const [path = ""] = text.slice(text.indexOf(":") + 1).split("?", 1);
  if (/^\/\/[^/]/.test(path)) {
    throw invalid(`expected no host, which is what stands between // and /; did you mean "unix:${path.slice(1)}"?`);
  }
  let decoded: string;
  try {
    decoded = decodeURIComponent(path.startsWith("//") ? path.slice(2) : path);
    encodeURIComponent(decoded); // fails for half a surrogate pair, which no path can hold
  } catch (cause) {
    throw invalid('expected percent-encoded UTF-8 (a "%" in a path is written "%25")', cause);
  }
  if (decoded === "") throw invalid('expected a path, as in "unix:/run/app.sock"');
  if (decoded.includes("\0")) throw invalid("a path cannot hold a NUL");
  assertFits(address, decoded, Buffer.byteLength(decoded), "its path");
  return decoded;
}

/**
 * Makes sure that a path fits a socket's address; what does not fit, the platform may cut off without a word.
 *
 * @throws InvalidAddressError
 */
export function assertFits(address: Address, path: string, bytes: number, what: string): void {
  if (bytes <= MAX_SOCKET_PATH) return;
  const why = `expected at most ${MAX_SOCKET_PATH} bytes as ${what}, got ${bytes}: ${path}`;
  throw new InvalidAddressError(address.text, why);
}

/** A unix address for a path, with the parameters of the one it came from. */
export function unixAddress(path: string, { url }: Address): string {
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  // Two slashes at the start would announce a host.
  return `unix:${encoded.startsWith("//") ? "//" : ""}${encoded}${url.search}`;
}
