import { BlockList, isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { resolve } from "node:path";
import { type Address, parseAddress } from "../transport/address.ts";
import { listeningHere } from "../transport/listening.ts";
import { socketPath } from "../transport/socket-address.ts";

/**
 * Whether a server of this thread listens on an address. It knows names of this machine's loopback, and its own IP
 * addresses; other names that lead here it does not.
 */
export function isServedHere(address: string): boolean {
  const listening = listeningHere();
  if (listening.length === 0) return false;
  const dialled = placeOf(address);
  return dialled !== undefined && listening.some((each) => leadsTo(dialled, placeOf(each)));
}

/** A path, or a port with the host it belongs to. */
type Place = string | { readonly host: string; readonly port: number };

function placeOf(text: string): Place | undefined {
  try {
    return placeAt(parseAddress(text));
  } catch {
    // What nobody could dial leads nowhere: a WebSocket's server before it listens, for example.
    return undefined;
  }
}

const defaultPorts = new Map([
  ["ws", 80],
  ["http", 80],
  ["wss", 443],
  ["https", 443],
]);

function placeAt(address: Address): Place | undefined {
  const { scheme, url } = address;
  if (scheme === "unix") return resolve(socketPath(address));
  // A broker stands in between, and who it asks nobody here can know.
  if (scheme === "nats") return undefined;
  const port = url.port === "" ? defaultPorts.get(scheme) : Number(url.port);
  if (port === undefined || url.hostname === "") return undefined;
  return { host: url.hostname.replace(/^\[|\]$/g, "").toLowerCase(), port };
}

function leadsTo(dialled: Place, listening: Place | undefined): boolean {
  if (listening === undefined || typeof dialled === "string" || typeof listening === "string") {
    return dialled === listening;
  }
  if (dialled.port !== listening.port) return false;
  if (dialled.host === listening.host) return true;
  if (isAny(listening.host)) return isLoopback(dialled.host) || isAny(dialled.host) || isOwn(dialled.host);
  // A name for the loopback, or an address for any, leads to whatever loopback address there is.
  const isVague = [dialled, listening].some(({ host }) => !isIP(host)) || isAny(dialled.host);
  return isVague && isLoopback(listening.host) && (isLoopback(dialled.host) || isAny(dialled.host));
}

function isAny(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return host === "localhost" || host.endsWith(".localhost");
  return loopback.check(host, family === 4 ? "ipv4" : "ipv6");
}

function isOwn(host: string): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === host));
}
