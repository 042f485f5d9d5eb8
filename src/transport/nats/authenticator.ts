import type { Authenticator, TransportModule } from "./official.ts";
import type { NatsConnectionOptions } from "./options.ts";
import { seedIn } from "./seed.ts";

const ways = ["credentials", "nkeySeed", "authenticator"] as const;

/**
 * The options with an authenticator in the place of the texts one is made of.
 *
 * @throws TypeError when they are none, or say it twice; it does not repeat them
 */
export function withAuthenticator(
  { credentials, nkeySeed, ...options }: NatsConnectionOptions,
  official: Pick<TransportModule, "credsAuthenticator" | "nkeyAuthenticator">,
): NatsConnectionOptions {
  const given = { credentials, nkeySeed, authenticator: options.authenticator };
  const [first, second] = ways.filter((name) => given[name] !== undefined);
  if (second !== undefined) throw new TypeError(`expected nats.${first} or nats.${second}, got both`);
  if (credentials !== undefined) return { ...options, authenticator: ofCredentials(credentials, official) };
  if (nkeySeed !== undefined) return { ...options, authenticator: ofSeed(nkeySeed, official) };
  return options;
}

function ofCredentials(
  credentials: unknown,
  { credsAuthenticator }: Pick<TransportModule, "credsAuthenticator">,
): Authenticator {
  // The official client knows no lines that end as those of Windows do.
  const text = textOf(credentials, "credentials").replaceAll("\r\n", "\n");
  const what = "a credentials file's text, with a JWT and a seed, as the option nats.credentials";
  return tried(credsAuthenticator(new TextEncoder().encode(text)), what);
}

function ofSeed(nkeySeed: unknown, { nkeyAuthenticator }: Pick<TransportModule, "nkeyAuthenticator">): Authenticator {
  const seed = seedIn(textOf(nkeySeed, "nkeySeed")) ?? "";
  const what = "an nkey's seed, which begins with SU, as the option nats.nkeySeed";
  return tried(nkeyAuthenticator(new TextEncoder().encode(seed)), what, seed !== "");
}

/** It is asked once, since what it says then would end the official client's process otherwise. */
function tried(authenticator: Authenticator, what: string, isLikely = true): Authenticator {
  try {
    if (isLikely && authenticator("nonce") !== undefined) return authenticator;
  } catch {
    // What it says of it might repeat it.
  }
  throw new TypeError(`expected ${what}, got something else`);
}

function textOf(value: unknown, name: string): string {
  if (typeof value === "string") return value;
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  throw new TypeError(`expected a text or a Uint8Array as the option nats.${name}, got ${typeof value}`);
}
