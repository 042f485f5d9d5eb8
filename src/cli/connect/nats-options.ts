import { type Command, Option } from "commander";
import { parseAddress } from "../../transport/address.ts";
import type { NatsConnectionOptions } from "../../transport/nats/options.ts";
import { seedIn } from "../../transport/nats/seed.ts";
import { UsageError } from "../usage-error.ts";
import { readBytes } from "./read-bytes.ts";

/** As whom to connect to a broker; one of these at most. */
export interface NatsCredentials {
  /** A credentials file's path. */
  readonly creds?: string;
  /** The path of an nkey's seed. */
  readonly nkey?: string;
  /** A token, or `@` and the path of a file that has it. */
  readonly token?: string;
}

/** Adds the options of {@link NatsCredentials}. */
export function addNatsOptions(command: Command, prefix = "--"): Command {
  return command
    .addOption(new Option(`${prefix}creds <file>`, "who you are to a NATS broker: a credentials file"))
    .addOption(new Option(`${prefix}nkey <file>`, "the same, by a file with an nkey's seed"))
    .addOption(new Option(`${prefix}token <token>`, "the same, by a token; @file takes it out of a file"));
}

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
