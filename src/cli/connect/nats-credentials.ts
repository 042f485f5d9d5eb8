import { parseAddress } from "../../transport/address.ts";
import type { NatsConnectionOptions } from "../../transport/nats/options.ts";
import { seedIn } from "../../transport/nats/seed.ts";
import { UsageError } from "../usage-error.ts";
import type { NatsCredentials } from "./nats-options.ts";
import { readBytes } from "./read-bytes.ts";

/**
 * What the transport is to be told. None of the secrets is in any error.
 *
 * @throws UsageError
 */
export function natsOptionsOf(address: string, { creds, nkey, token }: NatsCredentials): NatsConnectionOptions {
  const given = [creds, nkey, token].filter((each) => each !== undefined);
  if (given.length === 0) return {};
  if (given.length > 1) throw new UsageError("expected one of a credentials file, an nkey and a token, got several");
  const { url } = parseAddress(address);
  if (url.username !== "") {
    throw new UsageError("expected credentials in the address or as an option, got both");
  }
  if (creds !== undefined) return { credentials: withSeed(creds, "a credentials file with a JWT and a seed") };
  if (nkey !== undefined) return { nkeySeed: withSeed(nkey, "the seed of an nkey, which begins with SU") };
  return { token: tokenOf(token ?? "") };
}

function withSeed(file: string, what: string): string {
  const text = readBytes(file).toString();
  if (seedIn(text) === undefined) throw new UsageError(`expected ${what} in ${file}, got something else`);
  return text;
}

function tokenOf(word: string): string {
  const token = word.startsWith("@") ? readBytes(word.slice(1)).toString().trim() : word;
  if (token === "") throw new UsageError("expected a token, got nothing");
  return token;
}
