import { Agent } from "node:http";
import jayson from "jayson";
import { type Adapter, HOST } from "../lib/adapter.ts";

type Callback = (error: unknown, value?: unknown) => void;

interface Asker {
  request(method: string, params: readonly unknown[], callback: Callback): unknown;
}

/** Its own server and client, with an agent that keeps connections: as it comes it opens one for each call. */
export const jaysonHttp: Adapter = {
  async serve() {
    const server = new jayson.Server({ echo: ([text]: [string], done: Callback) => done(null, text) }).http();
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
    return { port: (server.address() as { port: number }).port, notified: () => 0 };
  },

  async connect({ port }) {
    const agent = new Agent({ keepAlive: true });
    const client = jayson.Client.http({ port, hostname: HOST, agent }) as unknown as Asker;
    return {
      echo: (text) =>
        new Promise((resolve, reject) => {
          client.request("echo", [text], (error, response) => {
            if (error || !response) reject(error ?? new Error("no answer"));
            else resolve((response as { result: string }).result);
          });
        }),
      close: () => agent.destroy(),
    };
  },
};
