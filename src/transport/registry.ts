import { loaders as included, place } from "#loaders";
import { type Address, InvalidAddressError, parseAddress } from "./address.ts";
import type { Transport, TransportLoader } from "./transport.ts";

const loaders = new Map([...included].map(([scheme, loader]) => [scheme, once(loader)]));

/** Loads once, or until it succeeds: an import goes through the module loader, also that of a module which is there. */
function once(loader: TransportLoader): TransportLoader {
  let loaded: Promise<Transport> | undefined;
  const forget = () => {
    loaded = undefined;
  };
  return () => {
    if (!loaded) {
      loaded = (async () => loader())();
      loaded.catch(forget);
    }
    return loaded;
  };
}

/**
 * Adds a transport for addresses of a scheme, for this copy of the package in this process.
 *
 * @param scheme - without the colon, as URLs write it: lower case, starting with a letter
 * @param loader - called when the transport is first needed, and again only if that fails
 * @throws TypeError when the scheme could not be a URL's
 * @throws Error when there is a transport for it already
 */
export function registerTransport(scheme: string, loader: TransportLoader): void {
  if (typeof scheme !== "string" || !/^[a-z][a-z0-9+.-]*$/.test(scheme)) {
    throw new TypeError(`expected a lower-case URL scheme, got ${JSON.stringify(scheme)}`);
  }
  if (typeof loader !== "function")
    throw new TypeError(`expected a function that loads a transport, got ${typeof loader}`);
  if (loaders.has(scheme)) throw new Error(`there is a transport for ${scheme}: already`);
  loaders.set(scheme, once(loader));
}

/** Whether the transport for a scheme comes with the package, so that every thread has it. */
export function isIncluded(scheme: string): boolean {
  return included.has(scheme);
}

/** Puts something in a transport's place. */
export type Interpose = (transport: Transport) => Transport;

/** A parsed address with the way to its transport, which is loaded at the first call. */
export interface Route {
  readonly address: Address;
  load(): Promise<Transport>;
}

/**
 * Finds the transport for an address without loading it, so that a wrong address is told at once.
 *
 * @param interpose - puts something in the transport's place, which it can use: whoever watches what passes
 * @throws InvalidAddressError when it is no address, or there is no transport for it
 */
export function routeTo(address: string | URL, interpose?: Interpose): Route {
  const parsed = parseAddress(address);
  const load = loaders.get(parsed.scheme);
  if (!load) {
    const known = [...loaders.keys()].join(", ");
    throw new InvalidAddressError(
      parsed.text,
      `there is no transport for ${parsed.scheme}:${place} (there are ${known})`,
    );
  }
  return { address: parsed, load: interpose ? async () => interpose(await load()) : load };
}
