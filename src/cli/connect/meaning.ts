import { withoutSecrets } from "../../transport/address.ts";
import { UsageError } from "../usage-error.ts";
import { schemeOf } from "./address.ts";

/** Which schemes an option has a meaning for: options by the names commander gives them. */
export interface Meaning {
  readonly options: readonly string[];
  readonly schemes: readonly string[];
}

const framed = ["tcp", "tls", "unix", "stdio"];
const ofTheWeb = ["ws", "wss", "http", "https"];
const ofNats = { options: ["creds", "nkey", "token"], schemes: ["nats"] };

/** What a command that dials can be told. */
export const ofDialling: readonly Meaning[] = [
  { options: ["framing"], schemes: framed },
  { options: ["header"], schemes: ofTheWeb },
  { options: ["tlsCa", "tlsCert", "tlsKey", "insecure"], schemes: ["tls", "wss", "https", "nats"] },
  ofNats,
];

/** What a command that listens can be told. */
export const ofListening: readonly Meaning[] = [
  { options: ["framing"], schemes: framed },
  { options: ["serverCert", "serverKey", "clientCa"], schemes: ["tls", "wss", "https"] },
  { options: ["anyOrigin"], schemes: ofTheWeb },
  ofNats,
];

/**
 * Looks whether each option that was given means something to one of the addresses at least.
 *
 * @param flagOf - how an option is written on the command line
 * @throws UsageError
 */
export function assertMeant(
  options: object,
  addresses: readonly string[],
  meanings: readonly Meaning[],
  flagOf: (option: string) => string = flag,
): void {
  for (const { options: names, schemes } of meanings) {
    const [given] = names.filter((name) => isGiven(options, name));
    if (given === undefined || addresses.some((address) => schemes.includes(schemeOf(address)))) continue;
    const got = addresses.length === 0 ? "none" : addresses.map(withoutSecrets).join(", ");
    throw new UsageError(`${flagOf(given)} is for ${listed(schemes)} addresses, got ${got}`);
  }
}

/** The options without those that mean nothing to an address. */
export function meantFor<Options extends object>(options: Options, address: string, meanings: readonly Meaning[]) {
  const idle = meanings.filter(({ schemes }) => !schemes.includes(schemeOf(address)));
  const names = idle.flatMap((meaning) => meaning.options);
  return Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name))) as Options;
}

/** `tlsCa` as `--tls-ca`. */
export function flag(option: string): string {
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function isGiven(options: object, name: string): boolean {
  return (options as Readonly<Record<string, unknown>>)[name] !== undefined;
}

function listed(names: readonly string[]): string {
  return names.length === 1 ? `${names[0]}` : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
