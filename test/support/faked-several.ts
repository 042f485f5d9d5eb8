import type { TestContext } from "node:test";
import { Client } from "../../src/client/client.ts";
import type { ClientOptions } from "../../src/client/options.ts";
import { FakeClock } from "../../src/testing/index.ts";
import { cleanUp } from "./cleanup.ts";
import { FakeTransport } from "./fake-transport.ts";
import { Log } from "./log.ts";
import type { ScriptedPeer } from "./scripted-peer.ts";

/* What a closing server answers. */
const DRAINING = [-32097, "Service Unavailable", { reason: "draining", executed: false }] as const;

/** A client of several addresses whose dials, peers and clock the test plays. */
export function fakedSeveral(test: TestContext, count: number, options: ClientOptions = {}) {
  const transports = Array.from({ length: count }, () => new FakeTransport());
  const clock = new FakeClock();
  const log = new Log();
  const addresses = transports.map(({ address }) => address);
  const client = new Client(addresses, { clock, logger: log, ...options });
  cleanUp(test, () => {
    const closed = client.close({ timeout: 0 });
    clock.advance(0);
    return closed;
  });
  const at = (which: number): FakeTransport => transports[which] as FakeTransport;
  /** Lets the next dial of an address succeed, and plays the other end. */
  const accept = async (which: number): Promise<ScriptedPeer> => (await at(which).dial()).accept();
  const refuse = async (which: number, why: string) => (await at(which).dial()).refuse(new Error(why));
  return { client, clock, log, addresses, transports, accept, refuse };
}

/** Answers the next call of a peer with its method. */
export async function answerNext(peer: ScriptedPeer): Promise<void> {
  const { id, method } = await peer.inbox.next();
  peer.answer(id, method);
}

/** Refuses the next call of a peer as a closing server does. */
export async function drainNext(peer: ScriptedPeer): Promise<void> {
  peer.refuse((await peer.inbox.next()).id, ...DRAINING);
}

export function drain(peer: ScriptedPeer, id: unknown): void {
  peer.refuse(id, ...DRAINING);
}
