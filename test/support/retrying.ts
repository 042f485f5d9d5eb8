import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { ClientOptions } from "../../src/client/options.ts";
import { faked } from "./faked.ts";
import { turns } from "./turns.ts";

/** What a call says that may be tried again if it was not sent. */
export const again = { retry: "not-sent" } as const;
/** What one says that may be executed more than once. */
export const harmless = { idempotent: true } as const;

/** A client whose waits between two attempts are 50 ms, 100, 200, …. Afterwards nothing of it is left. */
export function play(test: TestContext, options: ClientOptions = {}) {
  test.mock.method(Math, "random", () => 0.5);
  const played = faked(test, options);
  test.after(() => assert.equal(played.clock.timers, 0, "a timer was left"));
  const refuse = async () => {
    (await played.transport.dial()).refuse();
    await turns(1);
  };
  /** Lets the call get out, and then the connection break. */
  const lose = async () => {
    const peer = await played.accept();
    await peer.inbox.next();
    peer.channel.destroy();
    await turns(1);
  };
  /** Lets the wait before the next attempt pass, the first, second, … of a call. */
  const wait = (ms = 100) => played.clock.advance(ms);
  /** A peer that does not read, and a call that is on its way to it. What is sent from now on waits. */
  const clog = async () => {
    const big = played.client.call("m", ["x".repeat(100_000)]);
    big.catch(() => {});
    const peer = await played.accept();
    peer.channel.pause();
    await turns(1);
    return { big, peer };
  };
  /**
   * Sends a batch of two calls, of which a closing server answers the first and refuses the second, which rests then.
   *
   * @param accept - what comes to the server that is closing
   */
  const drainHalf = async (accept: () => ReturnType<typeof played.accept> = played.accept) => {
    const batch = played.client.batch();
    const [one, two] = [batch.call("one"), batch.call("two")];
    const sent = batch.send(again);
    const peer = await accept();
    const [first, second] = await peer.inbox.batch();
    peer.say([
      { jsonrpc: "2.0", id: first?.id, result: 1 },
      { jsonrpc: "2.0", id: second?.id, error: { code: -32097, message: "x", data: { reason: "draining" } } },
    ]);
    assert.equal(await one, 1);
    await turns(1);
    return { two, sent };
  };
  return { ...played, refuse, lose, wait, clog, drainHalf };
}
