import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { format, inspect } from "node:util";
import { connected, faked } from "../support/faked.ts";
import { turns } from "../support/turns.ts";

describe("a namespace", () => {
  it("calls its methods by position", async (t) => {
    const { client, peer } = await connected(t);
    const main = client.namespace("main");
    const calls = [main.echo?.("foo", [1]), main["audio.mute"]?.()];
    const [first, second] = await peer.inbox.take(2);
    assert.deepEqual([first?.method, first?.params], ["main.echo", ["foo", [1]]]);
    assert.deepEqual([second?.method, second?.params], ["main.audio.mute", []]);
    peer.answer(first?.id, "foo");
    peer.answer(second?.id, null);
    assert.deepEqual(await Promise.all(calls), ["foo", null]);
  });

  it("may have another separator, or no name", async (t) => {
    const { client, peer } = await connected(t);
    client
      .namespace("main", "/")
      .echo?.()
      .catch(() => {});
    client
      .namespace("")
      .echo?.()
      .catch(() => {});
    assert.deepEqual(
      (await peer.inbox.take(2)).map(({ method }) => method),
      ["main/echo", "echo"],
    );
  });

  it("has functions that stay the same, and need no this", async (t) => {
    const { client, peer } = await connected(t);
    const main = client.namespace("main");
    const { echo } = main;
    assert.equal(echo, main.echo);
    const call = echo?.(1);
    peer.answer((await peer.inbox.next()).id, "fine");
    assert.equal(await call, "fine");
  });

  it("calls methods that objects have by themselves", async (t) => {
    const { client, peer } = await connected(t);
    const main = client.namespace("main");
    for (const name of ["constructor", "toString", "hasOwnProperty", "__proto__", "valueOf", "inspect"]) {
      const call = main[name]?.();
      const { id, method } = await peer.inbox.next();
      assert.equal(method, `main.${name}`);
      peer.answer(id, name);
      assert.equal(await call, name);
    }
  });

  it("can be awaited, returned from async functions, printed and written as JSON, and calls nothing", async (t) => {
    const { client, transport } = faked(t);
    const main = client.namespace("main");
    assert.equal(await main, main);
    assert.equal(await (async () => main)(), main);
    assert.equal(await Promise.resolve(main).then((value) => value), main);
    assert.equal(typeof inspect(main), "string");
    assert.equal(typeof inspect(main, { showProxy: true, depth: 5, showHidden: true }), "string");
    assert.equal(typeof format("%o %O", main, { main }), "string");
    assert.equal(JSON.stringify({ main }), '{"main":{}}');
    assert.deepEqual(Object.keys(main), []);
    assert.deepEqual([{ ...main }, "echo" in main, "then" in main, "toJSON" in main], [{}, true, false, false]);
    assert.equal(Object.prototype.toString.call(main), "[object Object]");
    for (const symbol of [Symbol.iterator, Symbol.toPrimitive, Symbol.toStringTag, Symbol.asyncIterator]) {
      assert.equal((main as unknown as Record<symbol, unknown>)[symbol], undefined);
    }
    await turns();
    assert.deepEqual([client.pending, transport.dials.length], [0, 0]);
  });

  it("cannot be changed, and shows nothing of what was used", async (t) => {
    const { client } = await connected(t);
    const main = client.namespace("main") as Record<string, unknown>;
    const throwsWhenChanged = () => {
      assert.throws(() => {
        main.echo = () => "mine";
      }, TypeError);
      assert.throws(() => {
        main[Symbol.iterator as unknown as string] = () => "mine";
      }, TypeError);
    };
    throwsWhenChanged();
    const { echo } = main;
    throwsWhenChanged();
    assert.throws(() => Object.defineProperty(main, "echo", { value: 1 }), TypeError);
    assert.throws(() => delete main.echo, TypeError);
    assert.equal(main.echo, echo);
    assert.deepEqual([Object.keys(main), JSON.stringify(main)], [[], "{}"]);
  });

  it("goes on where it stands behind another object, or somebody froze it", async (t) => {
    const { client, peer } = await connected(t);
    const main = client.namespace("main");
    const frozen = Object.freeze(client.namespace("frozen"));
    const heir = Object.create(main) as typeof main;
    const wrapped = new Proxy(main, {});
    const calls = [heir.first?.(), wrapped.second?.(), heir.second?.(), frozen.third?.()];
    const requests = await peer.inbox.take(4);
    assert.deepEqual(
      requests.map(({ method }) => method),
      ["main.first", "main.second", "main.second", "frozen.third"],
    );
    for (const { id } of requests) peer.answer(id, "fine");
    assert.deepEqual(await Promise.all(calls), ["fine", "fine", "fine", "fine"]);
  });
});
