/** When a peer is read from, and when not: with both reasons at once, which no scene of a whole connection brings about. */
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { Reading } from "../../src/connection/reading.ts";
import { StubChannel } from "../support/stub-channel.ts";

/* A quarter of it may be owed. */
const MARK = 4_000;

const begun: Reading[] = [];
afterEach(() => {
  for (const reading of begun.splice(0)) reading.stop();
});

function reading(reader = { mayPause: true }) {
  const channel = new StubChannel();
  const reading = new Reading(channel, MARK, reader);
  begun.push(reading);
  return { reading, orders: channel.orders };
}

describe("a peer", () => {
  it("is not read from while it reads too slowly", () => {
    const { reading: peer, orders } = reading();
    peer.press();
    assert.deepEqual(orders, ["pause"]);
    peer.drained();
    assert.deepEqual(orders, ["pause", "resume"]);
  });

  it("is not read from while it is owed more than a quarter of the mark", () => {
    const { reading: peer, orders } = reading();
    peer.owe(1_000);
    assert.deepEqual(orders, []);
    peer.owe(200);
    assert.deepEqual(orders, ["pause"]);
    peer.settle(1_000);
    assert.deepEqual(orders, ["pause", "resume"]);
  });

  it("is read from while it owes something itself, whatever it is owed", () => {
    const { reading: peer, orders } = reading({ mayPause: false });
    peer.owe(100_000);
    assert.deepEqual(orders, []);
  });

  for (const first of ["drained", "settled"]) {
    it(`is read from once neither reason is left, also when it has ${first} first`, () => {
      const { reading: peer, orders } = reading();
      peer.owe(2_000);
      peer.press();
      const ways = [() => peer.drained(), () => peer.settle(2_000)];
      const [one, other] = first === "drained" ? ways : ways.reverse();
      one?.();
      assert(!orders.includes("resume"), "the other reason is left");
      other?.();
      assert.deepEqual(orders, ["pause", "pause", "resume"]);
    });
  }

  it("does not go on being read when what it is owed is given up at the end", () => {
    const { reading: peer, orders } = reading();
    peer.owe(2_000);
    peer.stop();
    peer.settle(2_000);
    assert.deepEqual(orders, ["pause"]);
  });

  it("is owed as much as 32 unknown calls together may be, by each of them", () => {
    const { reading: peer, orders } = reading();
    for (let call = 1; call <= 31; call++) peer.owe(peer.guess);
    assert.deepEqual(orders, []);
    for (let call = 32; call <= 33; call++) peer.owe(peer.guess);
    assert.deepEqual(orders, ["pause"]);
  });
});
