import { type Command, Option } from "commander";

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
