import { writeSync } from "node:fs";
import type { MessagePort } from "node:worker_threads";
import { Client } from "../client/client.ts";
import type { ClientOptions } from "../client/options.ts";
import { ownVersion } from "../connection/dialect.ts";
import { versionNamed } from "../protocol/legacy.ts";
import type { RequestBody } from "../protocol/serialize.ts";
import type { Logger } from "../service/logger.ts";
import type { StdioDialOptions } from "../transport/stdio/stdio.ts";
import { notingVersion } from "./noting-version.ts";
import type { Deed, Note, Opening, Order, Outcome } from "./order.ts";
import { pack } from "./pack.ts";

/** Where the worker takes its thread's orders: it has the clients, and does what it is told with them. */
export class Desk {
  readonly #port: MessagePort;
  readonly #wake: () => void;
  readonly #clients = new Map<number, Client>();

  /** @param wake - wakes the thread */
  constructor(port: MessagePort, wake: () => void) {
    this.#port = port;
    this.#wake = wake;
  }

  /** Carries an order out, and answers it. */
  take(order: Order): void {
    void this.#outcomes(order).then((outcomes) => {
      this.say({ kind: "answer", number: order.number, outcomes });
      this.#wake();
    });
  }

  say(note: Note): void {
    this.#port.postMessage(note);
  }

  async #outcomes({ client: number, opening, deed }: Order): Promise<readonly Outcome[]> {
    try {
      const client = this.#clientOf(number, opening);
      if (deed.kind === "batch") return await sendBatch(client, deed);
      const value = await carryOut(client, deed);
      if (deed.kind === "close") this.#clients.delete(number);
      return [{ failed: false, value: pack(value) }];
    } catch (error) {
      return [{ failed: true, value: pack(error) }];
    }
  }

  #clientOf(number: number, opening: Opening | undefined): Client {
    let client = this.#clients.get(number);
    if (!client) {
      if (!opening) throw new Error(`there is no client ${number}`);
      client = new Client(opening.addresses, this.#optionsOf(number, opening));
      this.#clients.set(number, client);
    }
    return client;
  }

  #optionsOf(number: number, { options, verbose, takesLines }: Opening): ClientOptions {
    const { stdio, version = "2.0" } = options;
    const say = (level: keyof Logger) => (message: string, details: readonly unknown[]) =>
      this.say({ kind: "log", client: number, level, message, details: details.map((detail) => pack(detail)) });
    return {
      ...options,
      version: ownVersion(notingVersion(versionNamed(version))),
      logger: loggerThat(say, verbose),
      ...(stdio && { stdio: { ...stdio, ...this.#stderrOf(number, stdio, takesLines) } }),
    };
  }

  #stderrOf(number: number, { stderr = "inherit" }: StdioDialOptions, takesLines: boolean) {
    if (takesLines) return { stderr: (line: string) => this.say({ kind: "line", client: number, line }) };
    // A worker's process.stderr goes by way of its thread, which waits.
    return stderr === "inherit" ? { stderr: (line: string) => void writeSync(2, `${line}\n`) } : {};
  }
}

function loggerThat(
  say: (level: keyof Logger) => (message: string, details: readonly unknown[]) => void,
  verbose: boolean,
): Logger {
  const at = (level: keyof Logger) => {
    const sayAtLevel = say(level);
    return (message: string, ...details: unknown[]) => sayAtLevel(message, details);
  };
  const nowhere = () => {};
  return {
    debug: verbose ? at("debug") : nowhere,
    info: verbose ? at("info") : nowhere,
    warn: at("warn"),
    error: at("error"),
  };
}

function carryOut(client: Client, deed: Exclude<Deed, { kind: "batch" }>): Promise<unknown> | boolean | string {
  switch (deed.kind) {
    case "call":
      return client.call(deed.method, written(deed.body), deed.options);
    case "notify":
      return client.notify(deed.method, written(deed.body), deed.options);
    case "connect":
      return client.connect({ timeout: deed.timeout });
    case "close":
      return client.close(deed.timeout === undefined ? {} : { timeout: deed.timeout });
    case "connected":
      return client.connected;
    case "address":
      return client.address;
  }
}

async function sendBatch(client: Client, deed: Deed & { kind: "batch" }): Promise<readonly Outcome[]> {
  const batch = client.batch();
  const members = deed.members.map(({ method, body, notification }) =>
    notification ? batch.notify(method, written(body)) : batch.call(method, written(body)),
  );
  const settled = Promise.allSettled(members);
  await batch.send(deed.options);
  return (await settled).map((member) =>
    member.status === "fulfilled"
      ? { failed: false, value: pack(member.value) }
      : { failed: true, value: pack(member.reason) },
  );
}

/** A body that is written already, where params stand: see `notingVersion`. */
function written(body: RequestBody): never {
  return body as never;
}
