import { networkInterfaces } from "node:os";

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ family }) => family === "IPv6"),
);

/** Why a test that listens on an address is skipped here; `false` where it can run. Many containers have no IPv6. */
export function withoutIpv6(address: string): string | false {
  return address.includes("[::1]") && !hasIpv6 ? "needs IPv6" : false;
}
