import { isIP } from "node:net";
import type { ListenSettings, UpgradeRequest } from "./options.ts";

/**
 * Whether a request to connect comes from a page that may. Browsers do not keep a page from opening a WebSocket to
 * another site, and send their user's cookies along: it is the server that must look (RFC 6455, section 10.2).
 *
 * @param localAddress - the address of this side that the connection came to
 */
export function isOriginAllowed(
  origins: ListenSettings["origins"],
  request: UpgradeRequest,
  localAddress: string | undefined,
): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  if (typeof origins === "function") return origins(origin, request);
  if (origins) return origins.includes("*") || origins.includes(origin);
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  return isLoopback(localAddress ?? "") ? isLoopback(page.hostname) : page.host === host?.toLowerCase();
}

/** Whether a host, as a URL or a socket names it, is always this machine. */
function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, "").replace(/^::ffff:(?=\d+\.)/, "");
  if (isIP(bare) === 4) return bare.startsWith("127.");
  return bare === "::1" || bare === "localhost" || bare.endsWith(".localhost");
}
