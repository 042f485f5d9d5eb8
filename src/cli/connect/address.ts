import { UsageError } from "../usage-error.ts";

/* Where bytes are framed, and a framing can be picked. */
const framed = /^(tcp|tls|unix|stdio):/i;

/**
 * An address with the framing that `--framing` names, where it can have one.
 *
 * @throws UsageError when it has another
 */
export function withFraming(address: string, framing: string | undefined): string {
  if (framing === undefined || !framed.test(address)) return address;
  const given = /[?&]framing=([^&#]*)/.exec(address)?.[1];
  if (given === framing) return address;
  if (given !== undefined) throw new UsageError(`the address says framing=${given}, and --framing says ${framing}`);
  return `${address}${address.includes("?") ? "&" : "?"}framing=${framing}`;
}

/** Something to add where an address is no address: the likely slip. */
export function addressHint(address: string): string | undefined {
  return /^[\w.-]+:\d+$/.test(address) ? `did you mean tcp://${address}?` : undefined;
}

/** The scheme of an address, in lower case, without its colon. */
export function schemeOf(address: string): string {
  return address.slice(0, address.indexOf(":")).toLowerCase();
}
