import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import type { NatsConnection, NatsMessage } from "../../src/transport/nats/official.ts";
import { cleanUp, type Ending } from "./cleanup.ts";
import { temporaryDirectory } from "./temporary.ts";

/** Where a broker's program is: what the variable NATS_SERVER names, or what is on the path; `undefined` for nowhere. */
export const natsServer: string | undefined = process.env.NATS_SERVER ?? onPath();

/** For a test's option `skip`: why it cannot run here, and what would help. */
export const withoutNats: string | false =
  natsServer === undefined && "needs nats-server: apt-get install nats-server, or its path in the variable NATS_SERVER";

/** What of the official client the tests use besides. */
export interface OfficialConnection extends NatsConnection {
  readonly info?: { readonly max_payload: number; readonly connect_urls?: readonly string[] };
  request(subject: string, payload?: string, options?: { timeout: number }): Promise<NatsMessage>;
  requestMany(
    subject: string,
    payload?: string,
    options?: { maxWait: number; maxMessages?: number; strategy?: "count" },
  ): Promise<AsyncIterable<NatsMessage>>;
}

/** The official client, whose own types would not compile here. */
export async function official(): Promise<{
  connect(options: object): Promise<OfficialConnection>;
  nkeyAuthenticator(seed: Uint8Array): unknown;
  credsAuthenticator(credentials: Uint8Array | (() => Uint8Array)): unknown;
  jwtAuthenticator(jwt: string, seed: Uint8Array): unknown;
  nkeys: { createUser(): { getPublicKey(): string; getSeed(): Uint8Array } };
}> {
  const name: string = "@nats-io/transport-node";
  return await import(name);
}

/** A connection of the official client; closed after the test. */
export async function connection(test: Ending, broker: Broker, options: object = {}): Promise<OfficialConnection> {
  const nc = await (await official()).connect({ servers: broker.host, ...options });
  cleanUp(test, () => nc.close());
  return nc;
}

export interface BrokerOptions {
  /** More lines of its configuration file. */
  readonly config?: string;
  /** Default: one the system picks. */
  readonly port?: number;
}

/** A nats-server on loopback; gone after the test, or, for `{ after }` of node:test, after all of a file's. */
export class Broker {
  /** `127.0.0.1:4222` */
  readonly host: string;
  /** The same, where other brokers reach it; `""` outside of a cluster. */
  readonly cluster: string;
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess, host: string, cluster: string) {
    this.#process = child;
    this.host = host;
    this.cluster = cluster;
  }

  /** It takes connections when this resolves. */
  static async start(test: Ending, { config = "", port = -1 }: BrokerOptions = {}): Promise<Broker> {
    if (natsServer === undefined) throw new Error("there is no nats-server");
    const file = join(temporaryDirectory(test), "nats.conf");
    writeFileSync(file, `host: 127.0.0.1\nport: ${port}\n${config}\n`);
    const child = spawn(natsServer, ["-c", file], { stdio: ["ignore", "ignore", "pipe"] });
    cleanUp(test, () => kill(child));
    let [host, cluster] = ["", ""];
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stderr })) {
      lines.push(line);
      const [, what, where] = /Listening for (client|route) connections on (\S+)$/.exec(line) ?? [];
      if (what === "client") host = where ?? "";
      if (what === "route") cluster = where ?? "";
      // The last it says before it serves.
      const isReady = config.includes("cluster") ? cluster !== "" : /Server is ready/.test(line);
      if (!isReady || host === "") continue;
      child.stderr.resume();
      return new Broker(child, host, cluster);
    }
    throw new Error(`nats-server did not start:\n${lines.join("\n")}`);
  }

  /** A subject prefix that no other test has, as an address. */
  address(prefix = `test.${++Broker.#lastPrefix}`): string {
    return `nats://${this.host}/${prefix}`;
  }

  get port(): number {
    return Number(this.host.split(":")[1]);
  }

  /**
   * Ends it in good order, as "lame duck mode": it tells its clients, and then puts them out one after the other. How long that takes
   * its configuration says.
   */
  async retire(): Promise<void> {
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGUSR2");
    await ended;
  }

  /** Ends it at once. */
  kill(): Promise<void> {
    return kill(this.#process);
  }

  static #lastPrefix = 0;
}

/** Three brokers that know each other. */
export async function brokers(test: Ending): Promise<readonly Broker[]> {
  const first = await Broker.start(test, { config: clusterOf([]) });
  const others = [first.cluster];
  const second = await Broker.start(test, { config: clusterOf(others) });
  const third = await Broker.start(test, { config: clusterOf([...others, second.cluster]) });
  const all = [first, second, third];
  for (const broker of all) await knowsAll(test, broker, all.length);
  return all;
}

function clusterOf(routes: readonly string[]): string {
  return `cluster {\n name: test\n listen: "127.0.0.1:-1"\n routes: [${routes.map((each) => `"nats://${each}"`)}]\n}`;
}

/** Resolves when a broker has told its clients of so many brokers. */
async function knowsAll(test: Ending, broker: Broker, count: number): Promise<void> {
  const nc = await connection(test, broker);
  const isTold = () => nc.info?.connect_urls?.length === count;
  if (!isTold()) for await (const { type } of nc.status()) if (type === "update" && isTold()) break;
  await nc.close();
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

function onPath(): string | undefined {
  // Debian puts it where only root looks.
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"];
  return folders.map((folder) => join(folder, "nats-server")).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
