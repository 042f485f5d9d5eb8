/** An address that makes no sense. */
export class InvalidAddressError extends Error {
  override name = "InvalidAddressError";
  /** The address as it was given, but for a user and password in it, and the values of its parameters. */
  readonly address: string;

  constructor(address: string, why: string, options?: ErrorOptions) {
    const shown = withoutSecrets(address);
    super(`${JSON.stringify(shown)} is no address: ${why}`, options);
    this.address = shown;
  }
}

/**
 * An address as it may be shown: what stands before the @ is nobody's business, and neither are parameters, where tokens
 * stand. The framing says nothing of anybody.
 */
export function withoutSecrets(address: string): string {
  const anonymous = address.replace(/^(\s*[a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, "$1");
  return anonymous.replace(
    /\?([^#]*)/,
    (_query, parameters: string) => `?${parameters.split("&").map(hidden).join("&")}`,
  );
}

function hidden(parameter: string): string {
  const [name, value] = parameter.split("=", 2) as [string, string?];
  if (parameter === "" || name === "framing") return parameter;
  return value === undefined ? "***" : `${name}=***`;
}

/** A parsed address: `scheme:…`, as a URL says it. */
export interface Address {
  /** As it was given. */
  readonly text: string;
  /** The same, without a user and password and the values of parameters: for errors and logs. */
  readonly shown: string;
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
    // What the platform says of it repeats it, password and all.
    const isShown = withoutSecrets(text) === text;
    throw new InvalidAddressError(text, whyNoUrl(text), isShown ? { cause } : undefined);
  }
  return { text, shown: withoutSecrets(text), scheme: url.protocol.slice(0, -1), url };
}

/** Says what is wrong with a text that is no URL, as far as that is easy to see. */
function whyNoUrl(text: string): string {
  const port = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*:([^/?#:\]]*)(?:[/?#]|$)/i.exec(text.trim())?.[1];
  const isPort = port === undefined || port === "" || (/^\d+$/.test(port) && Number(port) <= 65_535);
  if (!isPort) return `expected a port from 0 to 65535, got ${JSON.stringify(port)}`;
  return 'expected something like "tcp://127.0.0.1:7080" or "unix:/run/app.sock"';
}

/**
 * The parameters of an address: what stands behind its `?`.
 *
 * @param known - the names there may be, each once
 * @throws InvalidAddressError when there is another one, or one twice
 */
export function parametersOf(address: Address, known: readonly string[]): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  if (address.url.search === "") return parameters;
  for (const [name, value] of address.url.searchParams) {
    if (!known.includes(name)) {
      const expected = known.length === 0 ? "expected none" : `expected ${known.join(", ")}`;
      const got = value === "" ? "something without a value" : JSON.stringify(name);
      throw new InvalidAddressError(address.text, `${expected} after the "?", got ${got}`);
    }
    if (parameters.has(name)) throw new InvalidAddressError(address.text, `it has the parameter ${name} twice`);
    parameters.set(name, value);
  }
  return parameters;
}
