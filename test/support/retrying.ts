import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { ClientOptions } from "../../src/client/options.ts";
import { faked } from "./faked.ts";
import { turns } from "./turns.ts";

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
  return { ...played, refuse, lose, wait };
}
