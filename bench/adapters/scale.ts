import { connect } from "@nats-io/transport-node";
import { type Caller, HOST } from "../lib/adapter.ts";
import { loadProduct } from "../lib/product.ts";

/*
 * Servers of which there can be several at one address, and their clients. `echo` gives back its argument; `busy` does so
 * after some work, so that what is measured is the servers' processors.
 */

/** How a server or a client finds the others: a broker's host and port, and a name there; or a port to share. */
export interface Where {
  readonly broker: string;
  readonly name: string;
  readonly port: number;
}

export interface ScaleAdapter {
  serve(where: Where): Promise<void>;
  connect(where: Where): Promise<Caller>;
  connectBusy(where: Where): Promise<Caller>;
}

const BUSY_MS = 0.25;

function work(text: string): string {
  const until = performance.now() + BUSY_MS;
  while (performance.now() < until);
  return text;
}

interface Api {
  echo(text: string): string;
  busy(text: string): string;
}

function tsjason(addressOf: (where: Where) => string): ScaleAdapter {
  const connectTo = async (method: keyof Api, where: Where): Promise<Caller> => {
    const { Client } = await loadProduct();
    const client = new Client<Api>(addressOf(where));
    await client.connect();
    return { echo: (text) => client.call(method, [text]), close: () => client.close() };
  };
  return {
    async serve(where) {
      const { listen, Service } = await loadProduct();
      const service = new Service().addMethod("echo", (text: string) => text).addMethod("busy", work);
      await listen(service, addressOf(where));
    },
    connect: (where) => connectTo("echo", where),
    connectBusy: (where) => connectTo("busy", where),
  };
}

export const tsjasonNats = tsjason(({ broker, name }) => `nats://${broker}/${name}`);
export const tsjasonTcp = tsjason(({ port }) => `tcp://${HOST}:${port}`);

async function officialCaller(method: keyof Api, { broker, name }: Where): Promise<Caller> {
  const nc = await connect({ servers: broker });
  const subject = `${name}.${method}`;
  return {
    async echo(text) {
      const reply = await nc.request(subject, JSON.stringify({ params: [text] }), { timeout: 5_000 });
      return reply.json<{ result: string }>().result;
    },
    close: () => nc.close(),
  };
}

/** Request and reply of the official client, with JSON, and nothing else. */
export const official: ScaleAdapter = {
  async serve({ broker, name }) {
    const nc = await connect({ servers: broker });
    const methods: Api = { echo: (text) => text, busy: work };
    for (const [own, method] of Object.entries(methods) as [keyof Api, Api[keyof Api]][]) {
      nc.subscribe(`${name}.${own}`, {
        queue: "q",
        callback: (_error, message) => {
          const [text] = message.json<{ params: [string] }>().params;
          message.respond(JSON.stringify({ result: method(text) }));
        },
      });
    }
    await nc.flush();
  },
  connect: (where) => officialCaller("echo", where),
  connectBusy: (where) => officialCaller("busy", where),
};
