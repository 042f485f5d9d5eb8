import { untrusted } from "../../protocol/limits.ts";
import type { Address } from "../address.ts";
import type { DialOptions, Transport } from "../transport.ts";
import { join, natsOptions } from "./connect.ts";
import { NatsExchange } from "./exchange.ts";
import { loadTransport } from "./load.ts";
import type { NatsDialOptions } from "./options.ts";
import { targetOf } from "./target.ts";

const CONCURRENCY = 4_096;

/**
 * NATS: `nats://127.0.0.1:4222/shop.orders`, port 4222 unless it says otherwise. Behind the host stands the subject under
 * which each method has its own; a message is a request's payload, and its answer that of the reply. A server cannot call.
 *
 * It takes the official client, `@nats-io/transport-node`, and to listen `@nats-io/services` too. Default limits: the
 * `untrusted` profile.
 *
 * Its options stand under `nats`: {@link NatsDialOptions}, `NatsListenOptions`.
 */
export const nats: Transport = {
  limits: untrusted,

  connect: dial,

  async listen(address, options) {
    const { listen } = await import("./listen.ts");
    return listen(address, options);
  },
};

async function dial(address: Address, { limits, signal, transport }: DialOptions): Promise<NatsExchange> {
  const target = targetOf(address);
  const { concurrency = CONCURRENCY, ...options } = natsOptions<NatsDialOptions>(transport);
  if (concurrency !== Number.POSITIVE_INFINITY && !(Number.isInteger(concurrency) && concurrency > 0)) {
    throw new RangeError(`expected a number above zero as the option nats.concurrency, got ${String(concurrency)}`);
  }
  signal.throwIfAborted();
  const { createInbox } = await loadTransport();
  const inbox = createInbox(options.inboxPrefix ?? inboxPrefixOf(options.connection));
  // Whether to try again is for the option `redial` to say: this would go on when nobody waits any more.
  const joined = await join(address, target, options, { waitOnFirstConnect: false });
  const { prefix } = target;
  const exchange = new NatsExchange({ joined, prefix, inbox, concurrency, messageBytes: limits.messageBytes });
  if (!signal.aborted) return exchange;
  void exchange.close();
  throw signal.reason;
}

/** The inbox prefix that a shared connection was made with: what its user may subscribe to. */
function inboxPrefixOf(nc: object | undefined): string | undefined {
  return (nc as { readonly options?: { readonly inboxPrefix?: string } } | undefined)?.options?.inboxPrefix;
}
