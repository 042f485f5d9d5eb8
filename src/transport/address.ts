/** An address that makes no sense. */
export class InvalidAddressError extends Error {
  override name = "InvalidAddressError";
  /** The address as it was given. */
  readonly address: string;

  constructor(address: string, why: string, options?: ErrorOptions) {
    super(`${JSON.stringify(address)} is no address: ${why}`, options);
    this.address = address;
  }
}

/** A parsed address: `scheme:…`, as a URL says it. */
export interface Address {
  /** As it was given. */
  readonly text: string;
  /** Without the colon: `tcp`, `unix`, … */
  readonly scheme: string;
  /** The URL; transports read host, port and path from it. */
  readonly url: URL;
}

/**
 * Reads an address. Only what all transports share is checked here.
 *
 * @throws InvalidAddressError
 */
export function parseAddress(address: string | URL): Address {
  const text = String(address);
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new InvalidAddressError(
      text,
      'expected something like "tcp://127.0.0.1:7080" or "unix:/run/app.sock"',
      {
        cause,
      },
    );
  }
  return { text, scheme: url.protocol.slice(0, -1), url };
}
