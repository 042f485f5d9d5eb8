import type { TestContext } from "node:test";
import { Client } from "../../src/client/client.ts";
import type { ClientOptions } from "../../src/client/options.ts";
import { FakeClock } from "../../src/testing/index.ts";
import { cleanUp } from "./cleanup.ts";
import { FakeTransport } from "./fake-transport.ts";
import { Log } from "./log.ts";
import type { ScriptedPeer } from "./scripted-peer.ts";

/** A client whose dials, peers and clock the test plays. */
export function faked(test: TestContext, options: ClientOptions = {}) {
  const transport = new FakeTransport();
  const clock = new FakeClock();
  const log = new Log();
  const client = new Client(transport.address, { clock, logger: log, ...options });
  cleanUp(test, () => {
    const closed = client.close({ timeout: 0 });
    clock.advance(0);
    return closed;
  });
  /** Lets the next dial succeed, and plays the other end. */
  const accept = async (): Promise<ScriptedPeer> => (await transport.dial()).accept();
  return { client, transport, clock, log, accept };
}

/** The same, connected. */
export async function connected(test: TestContext, options?: ClientOptions) {
  const played = faked(test, options);
  const connecting = played.client.connect();
  const peer = await played.accept();
  await connecting;
  return { ...played, peer };
}
