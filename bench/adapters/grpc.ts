import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  credentials,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { type Adapter, HOST } from "../lib/adapter.ts";
import { rootOf } from "../lib/product.ts";

interface Text {
  readonly text: string;
}

type Done = (error: Error | null, answer: Text) => void;

function echoService(): ServiceClientConstructor {
  const root = rootOf(fileURLToPath(new URL(".", import.meta.url)));
  const definition = loadPackageDefinition(loadSync(join(root, "bench", "adapters", "echo.proto")));
  return (definition as unknown as { bench: { Echo: ServiceClientConstructor } }).bench.Echo;
}

/** No JSON-RPC: protocol buffers over HTTP/2. */
export const grpc: Adapter = {
  async serve() {
    const server = new Server();
    server.addService(echoService().service, {
      Echo: ({ request }: { request: Text }, done: Done) => done(null, { text: request.text }),
    });
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`${HOST}:0`, ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    return { port };
  },

  async connect({ port }) {
    const EchoClient = echoService();
    // Otherwise all clients of a process share one connection.
    const own = { "grpc.use_local_subchannel_pool": 1 };
    const client = new EchoClient(`${HOST}:${port}`, credentials.createInsecure(), own);
    await new Promise<void>((resolve, reject) => {
      client.waitForReady(Date.now() + 10_000, (error) => (error ? reject(error) : resolve()));
    });
    const echo = (client.Echo as (request: Text, done: Done) => void).bind(client);
    return {
      echo: (text) =>
        new Promise((resolve, reject) => {
          echo({ text }, (error, answer) => (error ? reject(error) : resolve(answer.text)));
        }),
      close: () => client.close(),
    };
  },
};
