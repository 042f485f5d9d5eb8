import { routeTo } from "../../transport/registry.ts";
import { UsageError } from "../usage-error.ts";
import { schemeOf, withFraming } from "./address.ts";
import { assertMeant, ofDialling } from "./meaning.ts";
import type { ConnectOptions } from "./options.ts";

/**
 * The address that a command is to dial, with the framing that was asked for: what every command that dials begins with.
 *
 * @throws InvalidAddressError when it is none
 * @throws UsageError when an option makes no sense for it
 */
export function targetOf(address: string, options: ConnectOptions): string {
  routeTo(address);
  assertMeant(options, [address], ofDialling);
  assertTimeout(address, options.timeout);
  return withFraming(address, options.framing);
}

/** @throws UsageError when calls to an address cannot wait for so long */
export function assertTimeout(address: string, timeout: number): void {
  if (timeout > 0 || schemeOf(address) !== "nats") return;
  throw new UsageError("expected a timeout above 0: over nats nobody tells when a server dies");
}
