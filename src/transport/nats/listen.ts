import type { Address } from "../address.ts";
import type { AcceptOptions, Listener } from "../transport.ts";
import { type Joined, join, natsOptions, part } from "./connect.ts";
import { type CountedEndpoint, Desk } from "./desk.ts";
import { guarded } from "./guarded.ts";
import { NatsListener } from "./listener.ts";
import { loadServices } from "./load.ts";
import type { MicroService } from "./official.ts";
import type { NatsListenOptions } from "./options.ts";
import { targetOf } from "./target.ts";

/* What names and queue groups are made of in the services framework. */
const NAME = /^[A-Za-z0-9_-]+$/;
const QUEUE = "q";

/** Serves on the subjects under a prefix. See `NatsListenOptions`. */
export async function listen(address: Address, accept: AcceptOptions): Promise<Listener> {
  const target = targetOf(address);
  const { prefix } = target;
  const { service: described = {}, queue = QUEUE, ...options } = natsOptions<NatsListenOptions>(accept.transport);
  const { name = prefix.replaceAll(/[^A-Za-z0-9_-]/g, "-"), version = "0.0.0", ...more } = described;
  for (const [what, value] of Object.entries({ "service.name": name, queue })) {
    if (typeof value === "string" && NAME.test(value)) continue;
    throw new TypeError(`expected letters, digits, "-" and "_" as the option nats.${what}, got ${String(value)}`);
  }
  const { Svcm } = await loadServices();
  const joined = await join(address, target, options);
  const desk = new Desk(joined.nc, accept);
  let service: MicroService | undefined;
  try {
    service = await new Svcm(guarded(joined.nc, accept.refused)).add({
      ...more,
      name,
      version,
      queue,
      statsHandler: async (endpoint: CountedEndpoint) => desk.correct(endpoint),
    });
    const listener = new NatsListener({ address: address.shown, joined, prefix, queue, service, desk, accept });
    await established(joined, service, desk);
    listener.watch();
    return listener;
  } catch (error) {
    desk.close();
    void service?.stop();
    await part(joined);
    throw error;
  }
}

/** Resolves when the broker has taken the subscriptions. */
async function established({ nc }: Joined, service: MicroService, desk: Desk): Promise<void> {
  await nc.flush();
  // What it said before is told in this turn.
  await new Promise((resolve) => setImmediate(resolve));
  desk.open();
  if (!service.isStopped) return;
  throw (await service.stopped) ?? new Error("the connection to the broker was closed");
}
