import { type Command, Option } from "commander";
import type { HttpHeaders } from "../../transport/http/options.ts";
import type { TlsDialOptions } from "../../transport/secure.ts";
import { UsageError } from "../usage-error.ts";
import { duration } from "../words/numbers.ts";
import { addNatsOptions, type NatsCredentials } from "./nats-options.ts";
import { readBytes } from "./read-bytes.ts";

/** What every command that dials can be told of the connection. */
export interface ConnectOptions extends NatsCredentials {
  /** Milliseconds, 0 for ever. */
  readonly timeout: number;
  readonly framing?: string;
  readonly header?: readonly string[];
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly insecure?: boolean;
  readonly verbose?: boolean;
}

/** `--framing`, or another option that names a framing. */
export const framingOption = (
  flags = "--framing <name>",
  description = "how messages are told apart on tcp, tls, unix and stdio",
) => new Option(flags, description).choices(["netstring", "content-length", "newline"]);

/** What `--timeout` means to the commands that call. */
const FOR_CALLS = "how long to wait for an answer, dialling included; 0 for ever";

/** What it means to those that speak in texts: see `diallerOf`. */
export const FOR_TEXTS = "how long to wait for an answer, and for a dial if that is over 5 s; 0 for ever";

/** Adds the options of {@link ConnectOptions}. */
export function addConnectOptions(command: Command, timeout = FOR_CALLS): Command {
  command
    .option("--timeout <time>", timeout, duration, 5_000)
    .addOption(framingOption())
    .option("--header <line>", 'a header of HTTP and WebSocket, as "name: value"; may stand several times', collect)
    .option("--tls-ca <file>", "authorities to trust instead of the system's (PEM)")
    .option("--tls-cert <file>", "this side's own certificate (PEM)")
    .option("--tls-key <file>", "its key (PEM)")
    .option("--insecure", "take any certificate of the other side: for tries on your own machine");
  return addNatsOptions(command).option("-v, --verbose", "show what passes on the wire, on stderr");
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** @throws UsageError when a line is no header */
export function headersOf(lines: readonly string[] = []): HttpHeaders | undefined {
  if (lines.length === 0) return undefined;
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+)\s*:\s*(.*)$/.exec(line) ?? [];
      if (name === undefined) throw new UsageError(`expected a header as "name: value", got ${JSON.stringify(line)}`);
      return [name.toLowerCase(), value ?? ""];
    }),
  );
}

/** @throws UsageError when a file cannot be read, or a certificate has no key */
export function tlsOf(options: Omit<ConnectOptions, "timeout">): TlsDialOptions | undefined {
  const { tlsCa, tlsCert, tlsKey, insecure } = options;
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new UsageError("expected --tls-cert and --tls-key together, got one of them");
  }
  const tls = {
    ...(tlsCa !== undefined && { ca: readBytes(tlsCa) }),
    ...(tlsCert !== undefined && { cert: readBytes(tlsCert) }),
    ...(tlsKey !== undefined && { key: readBytes(tlsKey) }),
    ...(insecure && { rejectUnauthorized: false }),
  };
  return Object.keys(tls).length === 0 ? undefined : tls;
}
