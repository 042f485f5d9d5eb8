import { loaders as included, place } from "#loaders";
import { type Address, InvalidAddressError, parseAddress } from "./address.ts";
import type { Transport, TransportLoader } from "./transport.ts";

const loaders = new Map(included);

/**
 * Adds a transport for addresses of a scheme, for this copy of the package in this process.
 *
 * @param scheme - without the colon, as URLs write it: lower case, starting with a letter
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
  loaders.set(scheme, loader);
}

/** Whether the transport for a scheme comes with the package, so that every thread has it. */
export function isIncluded(scheme: string): boolean {
  return included.has(scheme);
}

/** A parsed address with the way to its transport, which is loaded at the first call. */
export interface Route {
  readonly address: Address;
  load(): Promise<Transport>;
}

/**
 * Finds the transport for an address without loading it, so that a wrong address is told at once.
 *
 * @throws InvalidAddressError when it is no address, or there is no transport for it
 */
export function routeTo(address: string | URL): Route {
  const parsed = parseAddress(address);
  const load = loaders.get(parsed.scheme);
  if (!load) {
    const known = [...loaders.keys()].join(", ");
    throw new InvalidAddressError(
      parsed.text,
      `there is no transport for ${parsed.scheme}:${place} (there are ${known})`,
    );
  }
  return { address: parsed, load };
}
