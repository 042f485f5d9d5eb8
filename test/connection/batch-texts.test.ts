/** What the members of a batch hold while they wait for their answers: their texts may be long, and so may the wait. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BatchMember } from "../../src/connection/batch.ts";
import { ExchangeLink } from "../../src/connection/exchange-link.ts";
import { Outgoing } from "../../src/connection/outgoing.ts";
import type { Outlet } from "../../src/connection/outlet.ts";
import { PendingCalls } from "../../src/connection/pending-calls.ts";
import { RemoteCalls } from "../../src/connection/remote-calls.ts";
import { untrusted } from "../../src/protocol/limits.ts";
import { requestBody } from "../../src/protocol/serialize.ts";
import { version2 } from "../../src/protocol/version.ts";
import { channelPair, FakeClock } from "../../src/testing/index.ts";
import { FakeExchange } from "../support/fake-exchange.ts";
import { Log } from "../support/log.ts";

/** What links are made of, and what their pending calls hold. */
function table() {
  const [pending, clock] = [new PendingCalls(new FakeClock()), new FakeClock()];
  const shared = { pending, clock, logger: new Log(), version: version2, limits: untrusted };
  const held = () =>
    pending.all().map((call) => {
      assert.ok(call instanceof BatchMember);
      return [call.body, call.params];
    });
  /** Sends a batch of two calls. */
  const send = (outlet: Outlet) => {
    const batch = new RemoteCalls({ ...shared, outlet, timeout: Number.POSITIVE_INFINITY }).batch();
    for (const text of ["one", "two"]) void batch.call("m", [text]);
    void batch.send();
  };
  return { shared, held, send };
}

const unsent = ["one", "two"].map((text) => [requestBody("m", [text]), undefined]);
const sent = [
  ["", undefined],
  ["", undefined],
];

test("over a channel, no texts once they have gone", () => {
  const { shared, held, send } = table();
  const outgoing = new Outgoing(channelPair()[0], shared);
  outgoing.press();
  send(outgoing);
  assert.deepEqual(held(), unsent);
  outgoing.release();
  assert.deepEqual(held(), sent);
});

test("over an exchange, none once it says that they have gone", async () => {
  const { shared, held, send } = table();
  const exchange = new FakeExchange();
  const options = { address: exchange.address, retryAfter: undefined, onDisconnect() {}, onClosed() {} };
  const link = new ExchangeLink(exchange, { ...shared, ...options });
  send(link);
  const played = await exchange.next();
  assert.deepEqual(held(), unsent);
  played.options.sent?.();
  assert.deepEqual(held(), sent);
  assert.equal(played.text.includes("one"), true);
  link.destroy();
});
