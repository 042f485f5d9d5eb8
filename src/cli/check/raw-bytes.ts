import { once } from "node:events";
import { connect as connectPlainly, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import { parseAddress } from "../../transport/address.ts";
import type { TlsDialOptions } from "../../transport/secure.ts";
import { secureDialOptions } from "../../transport/secure.ts";
import { hostAndPort, socketPath } from "../../transport/socket-address.ts";
import { escapedBytes } from "../wire/escape.ts";
import { excerpt, type Finding } from "./finding.ts";
import type { Prober } from "./prober.ts";

/** Bytes that break the rules of a framing. */
interface Violation {
  readonly name: string;
  readonly bytes: string;
  /** Whether the sender ends behind them. */
  readonly end?: boolean;
}

const violations: Readonly<Record<string, readonly Violation[]>> = {
  netstring: [
    { name: "a length with a leading zero", bytes: "02:{}," },
    { name: "no comma at the end", bytes: "2:{};" },
    { name: "no length", bytes: ":{}," },
    { name: "a length no message can have", bytes: "99999999999999999999:" },
    { name: "an HTTP request", bytes: "POST / HTTP/1.1\r\nHost: x\r\n\r\n" },
    { name: "a message that breaks off", bytes: '20:{"jsonrpc"', end: true },
  ],
  "content-length": [
    { name: "a length that is no number", bytes: "Content-Length: many\r\n\r\n{}" },
    { name: "no length", bytes: "X-Other: 1\r\n\r\n{}" },
    { name: "a length no message can have", bytes: "Content-Length: 99999999999999999999\r\n\r\n" },
    { name: "a message that breaks off", bytes: 'Content-Length: 20\r\n\r\n{"jsonrpc"', end: true },
  ],
  newline: [{ name: "a message that breaks off", bytes: '{"jsonrpc"', end: true }],
};

/** The violations there are of an address's framing; none where it has no framing. */
export function violationsOf(address: string): readonly Violation[] {
  const { scheme, url } = parseAddress(address);
  if (!["tcp", "tls", "unix"].includes(scheme)) return [];
  return violations[url.searchParams.get("framing") ?? "netstring"] ?? [];
}

/** Sends bytes that are no frame: the server is to hang up, or to say -32700, and to go on serving others. */
export async function runViolation(
  violation: Violation,
  address: string,
  tls: TlsDialOptions | undefined,
  prober: Prober,
  timeout: number,
): Promise<Finding> {
  const about = { group: "framing", name: violation.name, section: "-", level: "should" } as const;
  const { received, closed } = await say(violation, address, tls, timeout);
  const refused = closed || received.includes("-32700");
  const flaw = !refused
    ? "it goes on waiting"
    : (await prober.alive())
      ? undefined
      : "it does not answer others any more";
  if (flaw === undefined) return { ...about, outcome: "passed" };
  const got = received === "" ? "nothing" : excerpt(escapedBytes(Buffer.from(received)));
  return { ...about, outcome: "failed", expected: "a closed connection, or error -32700", got, flaw };
}

async function say(violation: Violation, address: string, tls: TlsDialOptions | undefined, timeout: number) {
  const socket = open(address, tls);
  let received = "";
  socket.on("data", (chunk: Buffer) => {
    received += chunk.toString("latin1");
  });
  // A reset is a closed connection too.
  socket.on("error", () => {});
  const closed = new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), timeout);
    socket.once("close", () => {
      clearTimeout(timer);
      resolve(true);
    });
    socket.once("end", () => socket.end());
  });
  socket.write(violation.bytes, "latin1");
  if (violation.end) socket.end();
  const outcome = { closed: await closed, received };
  if (!socket.closed) {
    socket.destroy();
    await once(socket, "close");
  }
  return outcome;
}

function open(text: string, tls: TlsDialOptions | undefined): Socket {
  const address = parseAddress(text);
  if (address.scheme === "unix") return connectPlainly({ path: socketPath(address) });
  const where = hostAndPort(address, "dial");
  if (address.scheme === "tcp") return connectPlainly({ ...where, allowHalfOpen: true });
  return connectSecurely(secureDialOptions(where, { tls }));
}
