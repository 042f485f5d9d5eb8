import type { Client } from "../../src/index.ts";
import { type Adapter, type Caller, type ConnectOptions, HOST, type ServeOptions } from "../lib/adapter.ts";
import { loadProduct } from "../lib/product.ts";

/* Limits out of the way, for the growth curves. */
const RAISED = {
  messageBytes: 256 * 1024 * 1024,
  batchLength: 1_000_000,
  inFlight: 1_000_000,
  queuedBytes: 1024 * 1024 * 1024,
  maxQueuedBytes: 2 * 1024 * 1024 * 1024,
};

interface Api {
  echo(text: string): string;
  "e.ho"(text: string): string;
  echoAsync(text: string): Promise<string>;
  hold(text: string): Promise<never>;
  notify(text: string): void;
}

type Call = (text: string) => Promise<string>;

const serve = (options: ServeOptions) => serveOn(options.tls ? "tls" : "tcp", options);

async function serveOn(scheme: string, { tls, raised, extraMethods = 0 }: ServeOptions) {
  const { listen, Service } = await loadProduct();
  let notified = 0;
  const service = new Service();
  service.addMethod("echo", (text: string) => text);
  service.addMethod("e.ho", (text: string) => text);
  service.addMethod("echoAsync", async (text: string) => text);
  service.addMethod("hold", (_text: string) => new Promise<never>(() => {}));
  service.addMethod("notify", (_text: string) => {
    notified++;
  });
  for (let i = 0; i < extraMethods; i++) service.addMethod(`method${i}`, (text: string) => text);
  const server = await listen(service, `${scheme}://${HOST}:0`, {
    ...(tls && { tls }),
    ...(raised && { limits: RAISED }),
  });
  return { port: Number(new URL(server.address).port), notified: () => notified };
}

/** Everything as users get it who say nothing. */
function connectWith(makeEcho: (client: Client<Api>) => Call, scheme?: string) {
  return async ({ port, ca, raised }: ConnectOptions): Promise<Caller> => {
    const product = await loadProduct();
    const client = new product.Client<Api>(`${scheme ?? (ca ? "tls" : "tcp")}://${HOST}:${port}`, {
      ...(ca && { tls: { ca } }),
      ...(raised && { limits: RAISED, timeout: 60_000 }),
    });
    await client.connect();
    return {
      echo: makeEcho(client),
      hold: (text) => client.call("hold", [text], { timeout: 60_000 }),
      notify: (text) => void client.notify("notify", [text]),
      batch(texts) {
        const batch = client.batch();
        const answers = texts.map((text) => batch.call("echo", [text]));
        void batch.send();
        return Promise.all(answers);
      },
      close: () => client.close(),
    };
  };
}

const raw: Adapter["raw"] = {
  over: "tcp",
  request(id, text) {
    const json = `{"jsonrpc":"2.0","id":${id},"method":"echo","params":${JSON.stringify([text])}}`;
    return `${json.length}:${json},`;
  },
};

/** `client.call`. */
export const tsjason: Adapter = {
  serve,
  connect: connectWith((client) => (text) => client.call("echo", [text])),
  raw,
};

/** A namespace's proxy. The method's name is as long as `echo`: at 64 outstanding, five characters more in each request show. */
export const tsjasonProxy: Adapter = {
  serve,
  connect: connectWith((client) => {
    const remote = client.namespace("e");
    return (text) => remote.ho(text);
  }),
};

/** A method that returns a promise. */
export const tsjasonAsync: Adapter = {
  serve,
  connect: connectWith((client) => (text) => client.call("echoAsync", [text])),
};

/** Over HTTP. */
export const tsjasonHttp: Adapter = {
  serve: (options) => serveOn("http", options),
  connect: connectWith((client) => (text) => client.call("echo", [text]), "http"),
};

/** Over WebSocket. */
export const tsjasonWs: Adapter = {
  serve: (options) => serveOn("ws", options),
  connect: connectWith((client) => (text) => client.call("echo", [text]), "ws"),
  raw: {
    over: "ws",
    request: (id, text) => JSON.stringify({ jsonrpc: "2.0", id, method: "echo", params: [text] }),
  },
};
