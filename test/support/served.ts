import type { TestContext } from "node:test";
import { Client } from "../../src/client/client.ts";
import type { ClientOptions } from "../../src/client/options.ts";
import type { ServerOptions } from "../../src/server/options.ts";
import { listen, type Server } from "../../src/server/server.ts";
import { Service } from "../../src/service/service.ts";
import { cleanUp } from "./cleanup.ts";
import { Log } from "./log.ts";

/** A service with the methods most tests can do with. */
export function exampleService(): Service {
  return new Service({ logger: new Log() })
    .addMethod("echo", (value: unknown) => value)
    .addMethod("add", (a: number, b: number) => a + b)
    .addMethod("later", (value: unknown) => new Promise((resolve) => setImmediate(resolve, value)))
    .addMethod("never", () => new Promise(() => {}))
    .addMethod("fail", () => {
      throw new Error("as it was told");
    });
}

/** Serves, by default on a tcp port the system picks; closed after the test. */
export async function serve(
  test: TestContext,
  service: Service = exampleService(),
  options: ServerOptions = {},
  address = "tcp://127.0.0.1:0",
): Promise<Server & { readonly log: Log }> {
  const log = new Log();
  const server = await listen(service, address, { logger: log, ...options });
  cleanUp(test, () => server.close({ timeout: 0 }));
  return Object.assign(server, { log });
}

/** A client; closed after the test. */
export function clientOf(
  test: TestContext,
  address: string | readonly string[],
  options: ClientOptions = {},
): Client & { readonly log: Log } {
  const log = new Log();
  const client = new Client(address, { logger: log, ...options });
  cleanUp(test, () => client.close({ timeout: 0 }));
  return Object.assign(client, { log });
}
