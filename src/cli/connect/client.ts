import { Client } from "../../client/client.ts";
import type { ClientOptions } from "../../client/options.ts";
import type { Logger } from "../../service/logger.ts";
import { out } from "../output/out.ts";
import { safeText } from "../output/safe-text.ts";
import { programOf } from "../program-words.ts";
import { observing, type TextObserver } from "../wire/observed.ts";
import { showWire } from "../wire/verbose.ts";
import { schemeOf } from "./address.ts";
import { natsOptionsOf } from "./nats-options.ts";
import { type ConnectOptions, headersOf, tlsOf } from "./options.ts";
import { targetOf } from "./target.ts";

/**
 * A client as the options of the command line ask for it.
 *
 * @param observer - hears the texts, besides what `--verbose` shows
 * @throws UsageError, InvalidAddressError
 */
export function clientFor(address: string, options: ConnectOptions, observer?: TextObserver): Client {
  const target = targetOf(address, options);
  const tap = options.verbose ? showWire(target) : undefined;
  return new Client(target, {
    // Whoever dials from a shell has chosen whom to trust.
    limits: "trusted",
    timeout: options.timeout,
    logger: options.verbose ? talkative : silent,
    interpose: observing({ text: observer, ...tap }),
    ...transportOptions(target, options),
  });
}

/** What the transports are to be told; also for commands that dial without a client. */
export function transportOptions(
  address: string,
  options: ConnectOptions,
): Pick<ClientOptions, "tls" | "http" | "ws" | "stdio" | "nats"> {
  const headers = headersOf(options.header);
  const tls = tlsOf(options);
  return {
    ...(tls && { tls }),
    nats: { ...(tls && { tls }), ...natsOptionsOf(address, options) },
    ...(headers && { ws: { headers }, http: { headers } }),
    ...(schemeOf(address) === "stdio" && { stdio: programOf(address) }),
  };
}

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

const say = (message: string) => out.note(out.paintError("dim", `* ${safeText(message)}`));
const talkative: Logger = { debug: say, info: say, warn: say, error: say };
