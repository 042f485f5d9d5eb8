/** The suite of exchanges, over a real broker. */
import assert from "node:assert/strict";
import { after, describe, it, type TestContext } from "node:test";
import { isExchange } from "../../src/connection/exchange.ts";
import { resolveLimits } from "../../src/protocol/limits.ts";
import { parseAddress } from "../../src/transport/address.ts";
import { nats } from "../../src/transport/nats/nats.ts";
import { exchangeSuite } from "../conformance/exchange.ts";
import { accepting } from "../support/accepting.ts";
import { cleanUp } from "../support/cleanup.ts";
import { Broker, withoutNats } from "../support/nats.ts";

const broker = withoutNats ? undefined : await Broker.start({ after }, { config: "max_payload: 16MB" });

describe("nats", { skip: withoutNats }, () => {
  exchangeSuite({
    name: "nats",
    hearsLeaving: false,
    canBeKilled: false,
    open: async (test: TestContext, serve, limits) => {
      const told = { limits: resolveLimits(limits, nats.limits), transport: {} };
      const address = parseAddress(broker?.address() ?? "");
      const accept = { ...accepting(told.limits), serve };
      const listener = await nats.listen(address, accept, () => assert.fail("no channels"));
      const exchange = await nats.connect(address, { ...told, signal: new AbortController().signal });
      assert(isExchange(exchange));
      cleanUp(test, async () => {
        await exchange.close();
        await listener.close();
        await listener.end?.(0);
      });
      return { exchange, kill: () => assert.fail("a broker does not tell that a server was killed") };
    },
  });
});

describe("a dial over NATS", { skip: withoutNats, timeout: 30_000 }, () => {
  const dial = (signal: AbortSignal, options = {}) => {
    const address = parseAddress(broker?.address() ?? "");
    return nats.connect(address, { limits: nats.limits, transport: { nats: options }, signal });
  };

  it("is given up with its signal, before and while it goes on", async () => {
    const reason = new Error("no longer wanted");
    await assert.rejects(dial(AbortSignal.abort(reason)), reason);
    const controller = new AbortController();
    const dialling = dial(controller.signal);
    controller.abort(reason);
    await assert.rejects(dialling, reason);
  });

  for (const concurrency of [0, -1, 1.5, Number.NaN, "2"]) {
    it(`takes no concurrency of ${concurrency}`, async () => {
      const expected = /expected a number above zero as the option nats.concurrency/;
      await assert.rejects(dial(new AbortController().signal, { concurrency }), expected);
    });
  }
});
