/** The suite of exchanges, over a real broker. */
import assert from "node:assert/strict";
import { after, describe, type TestContext } from "node:test";
import { isExchange } from "../../src/connection/exchange.ts";
import { resolveLimits } from "../../src/protocol/limits.ts";
import { parseAddress } from "../../src/transport/address.ts";
import { nats } from "../../src/transport/nats/nats.ts";
import { exchangeSuite } from "../conformance/exchange.ts";
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
      const methods = () => () => {};
      const accept = { ...told, refused: assert.ifError, serve, methods };
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
