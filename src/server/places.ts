import { LimitError } from "../protocol/errors/limit-error.ts";
import type { Limits } from "../protocol/limits.ts";

/** Counts a server's connections, in all and by where they come from. */
export class Places {
  #taken = 0;
  readonly #byNetwork = new Map<string, number>();

  /**
   * Takes a place.
   *
   * @param address - the IP address of who wants it, where there is one
   * @returns what gives it back; more than once does nothing
   * @throws LimitError when there is none
   */
  take(address: string | undefined, { connections, connectionsPerAddress }: Limits): () => void {
    const network = address === undefined ? undefined : networkOf(address);
    const ofNetwork = network === undefined ? 0 : (this.#byNetwork.get(network) ?? 0);
    if (this.#taken >= connections) {
      throw new LimitError("connections", connections, `there are ${connections} connections already`);
    }
    if (ofNetwork >= connectionsPerAddress) {
      const message = `there are ${connectionsPerAddress} connections from ${network} already`;
      throw new LimitError("connectionsPerAddress", connectionsPerAddress, message);
    }
    this.#taken++;
    if (network !== undefined) this.#byNetwork.set(network, ofNetwork + 1);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#giveBack(network);
    };
  }

  #giveBack(network: string | undefined): void {
    this.#taken--;
    if (network === undefined) return;
    const left = (this.#byNetwork.get(network) ?? 1) - 1;
    if (left > 0) this.#byNetwork.set(network, left);
    else this.#byNetwork.delete(network);
  }
}

/**
 * What of an IP address is one machine's: of version 6 the network, since whoever has one address has the 2^64 of it (RFC
 * 4291, section 2.5.4).
 */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = "", tail] = (address.split("%", 1)[0] as string).toLowerCase().split("::");
  const groups = head === "" ? [] : head.split(":");
  const last = tail === undefined || tail === "" ? [] : tail.split(":");
  while (groups.length + last.length < 8) groups.push("0");
  return `${[...groups, ...last].slice(0, 4).join(":")}::/64`;
}
