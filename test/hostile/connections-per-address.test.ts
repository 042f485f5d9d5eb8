import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { untrusted } from "../../src/protocol/limits.ts";
import { networkOf, Places } from "../../src/server/places.ts";
import { attack, callText, everywhere, goneOf } from "../support/hostile.ts";

everywhere(
  "connectionsPerAddress",
  (row) => {
    it("refuses more from the same address", async (t) => {
      const { server, peer, socket } = await attack(t, row, { connectionsPerAddress: 1 });
      const inside = await peer();
      inside.say(callText(1, "echo", ["in"]));
      assert.equal((await inside.inbox.next()).result, "in");
      const outside = await socket();
      outside.resume();
      await goneOf(outside);
      assert.equal(server.counters.connectionsPerAddress, 1);
      inside.say(callText(2, "echo", ["still"]));
      assert.equal((await inside.inbox.next()).result, "still");
    });
  },
  { unix: "who connects there has no address" },
);

describe("places by address", () => {
  const limits = { ...untrusted, connectionsPerAddress: 2 };

  it("are each network's own, and are given back once", () => {
    const places = new Places();
    const give = [places.take("10.0.0.1", limits), places.take("10.0.0.1", limits)];
    assert.throws(() => places.take("10.0.0.1", limits), {
      name: "LimitError",
      limit: "connectionsPerAddress",
      max: 2,
    });
    places.take("10.0.0.2", limits);
    give[0]?.();
    give[0]?.();
    places.take("::ffff:10.0.0.1", limits);
    assert.throws(() => places.take("10.0.0.1", limits), { limit: "connectionsPerAddress" });
    places.take(undefined, limits);
  });

  for (const [address, network] of [
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2::6", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ] as const) {
    it(`count ${address} for ${network}`, () => assert.equal(networkOf(address), network));
  }
});
