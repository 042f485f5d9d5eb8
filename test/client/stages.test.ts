/** What ends a call from this side, at every stage of its life: its timeout, its signal. */
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it, type TestContext } from "node:test";
import type { CallOptions } from "../../src/connection/pending-call.ts";
import { faked } from "../support/faked.ts";
import type { ScriptedPeer } from "../support/scripted-peer.ts";
import { watch } from "../support/settling.ts";
import { turns } from "../support/turns.ts";

type Played = ReturnType<typeof faked>;

interface Stage {
  readonly name: string;
  readonly outcome: "not-sent" | "unknown";
  /** Comes before the call; returns the peer if there is one already. */
  readonly prepare?: (played: Played) => Promise<ScriptedPeer | undefined>;
  /** Brings the call to the stage. */
  readonly reach: (played: Played) => Promise<unknown>;
  /** Lets whatever waits go on. */
  readonly goOn: (played: Played, peer: ScriptedPeer | undefined) => Promise<unknown>;
}

const REDIAL = { initialDelay: 1_000_000, maxDelay: 1_000_000 };

/** Answers what the peer is asked. */
function answerAll(peer: ScriptedPeer, wanted = (_method: string) => true): void {
  peer.react.message = () => {
    for (const { id, method } of [JSON.parse(peer.messages.at(-1) as string)].flat()) {
      if (id !== undefined && wanted(method)) peer.answer(id, method);
    }
  };
}

/** Lets the next dial succeed, and answers all that is asked. */
async function serve({ accept }: Played): Promise<void> {
  answerAll(await accept());
}

async function connect({ client, accept }: Played): Promise<ScriptedPeer> {
  const connecting = client.connect();
  const peer = await accept();
  await connecting;
  return peer;
}

const stages: readonly Stage[] = [
  {
    name: "before anything was dialled",
    outcome: "not-sent",
    reach: async () => {},
    goOn: serve,
  },
  {
    name: "during the dial",
    outcome: "not-sent",
    reach: async ({ transport }) => {
      while (transport.dials.length === 0) await turns(1);
    },
    goOn: serve,
  },
  {
    name: "between two dials",
    outcome: "not-sent",
    reach: async ({ transport }) => {
      (await transport.dial()).refuse();
      await turns(1);
    },
    goOn: async (played) => {
      played.clock.advance(1_000_000);
      // Whoever had to wait so long is gone; the next dials anew.
      await turns();
      await serve(played);
    },
  },
  {
    name: "queued, while the reader is slow",
    outcome: "not-sent",
    prepare: async (played) => {
      const peer = await connect(played);
      peer.channel.pause();
      await played.client.notify("big", ["x".repeat(2_000)]);
      answerAll(peer);
      return peer;
    },
    reach: async () => {},
    goOn: async (_, peer) => peer?.channel.resume(),
  },
  {
    name: "sent",
    outcome: "unknown",
    prepare: async (played) => {
      const peer = await connect(played);
      answerAll(peer, (method) => method !== "mine");
      return peer;
    },
    reach: () => turns(),
    goOn: async () => {},
  },
];

function play(test: TestContext): Played {
  return faked(test, { timeout: 0, redial: REDIAL, limits: { queuedBytes: 1_000, maxQueuedBytes: 100_000 } });
}

const makers: Record<string, (played: Played, options: CallOptions) => Promise<unknown>> = {
  call: ({ client }, options) => client.call("mine", [], options),
  notification: ({ client }, options) => client.notify("mine", [], options),
  "call in a batch": ({ client }, options) => {
    const batch = client.batch();
    const member = batch.call("mine");
    void batch.send(options);
    return member;
  },
};

for (const stage of stages) {
  for (const [name, make] of Object.entries(makers)) {
    // A notification that was sent is settled.
    if (name === "notification" && stage.name === "sent") continue;
    describe(`a ${name}, ${stage.name}`, () => {
      it(`times out as ${stage.outcome}, alone`, async (t) => {
        const played = play(t);
        const peer = await stage.prepare?.(played);
        const mine = make(played, { timeout: 70 });
        const other = played.client.call("other");
        await stage.reach(played);
        const state = watch(mine);
        played.clock.advance(69);
        await turns(1);
        assert.equal(state.settled, false);
        played.clock.advance(1);
        await assert.rejects(mine, { name: "CallTimeoutError", outcome: stage.outcome, timeout: 70 });
        await stage.goOn(played, peer);
        assert.equal(await other, "other");
        assert.equal(await played.client.call("another"), "another");
      });

      it(`aborts as ${stage.outcome}, alone`, async (t) => {
        const played = play(t);
        const peer = await stage.prepare?.(played);
        const controller = new AbortController();
        const mine = make(played, { signal: controller.signal });
        const other = played.client.call("other", [], { signal: new AbortController().signal });
        await stage.reach(played);
        const reason = new Error("no longer wanted");
        controller.abort(reason);
        await assert.rejects(mine, { name: "AbortError", outcome: stage.outcome, cause: reason });
        assert.equal(getEventListeners(controller.signal, "abort").length, 0);
        await stage.goOn(played, peer);
        assert.equal(await other, "other");
        assert.equal(await played.client.call("another"), "another");
      });
    });
  }
}

describe("a signal", () => {
  it("that was aborted before the call rejects it at once, and nothing is dialled or sent", async (t) => {
    const { client, transport } = play(t);
    const signal = AbortSignal.abort("long ago");
    for (const make of Object.values(makers)) {
      await assert.rejects(make({ client } as Played, { signal }), {
        name: "AbortError",
        outcome: "not-sent",
        cause: "long ago",
      });
    }
    await turns();
    assert.deepEqual([transport.dials.length, client.pending], [0, 0]);
  });

  it("that aborts after the answer changes nothing", async (t) => {
    const played = play(t);
    const controller = new AbortController();
    const call = played.client.call("m", [], { signal: controller.signal, timeout: 10 });
    await serve(played);
    assert.equal(await call, "m");
    assert.equal(getEventListeners(controller.signal, "abort").length, 0);
    controller.abort();
    played.clock.advance(10);
    await turns();
    assert.equal(await call, "m");
  });

  it("that many calls share aborts them all, in order", async (t) => {
    const { client, accept } = play(t);
    const controller = new AbortController();
    const order: number[] = [];
    const calls = Array.from({ length: 100 }, (_, at) =>
      client.call("m", [], { signal: controller.signal }).catch(() => order.push(at)),
    );
    await accept();
    assert.equal(getEventListeners(controller.signal, "abort").length, 1);
    controller.abort();
    await Promise.all(calls);
    assert.deepEqual(order, [...Array(100).keys()]);
  });

  it("may be one of the platform's that time out or stand for several", async (t) => {
    const { client } = play(t);
    const controller = new AbortController();
    const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(60_000)]);
    const call = client.call("m", [], { signal });
    controller.abort("either");
    await assert.rejects(call, { name: "AbortError", cause: "either" });
  });

  it("may abort from inside another's listener, or call again", async (t) => {
    const { client, accept } = play(t);
    const [first, second] = [new AbortController(), new AbortController()];
    let third: Promise<unknown> = Promise.resolve();
    first.signal.addEventListener("abort", () => {
      second.abort();
      third = client.call("third");
    });
    const calls = [
      client.call("m", [], { signal: first.signal }),
      client.call("m", [], { signal: second.signal }),
      client.call("m", [], { signal: first.signal }),
    ];
    first.abort();
    for (const call of calls) await assert.rejects(call, { name: "AbortError" });
    const peer = await accept();
    const { id, method } = await peer.inbox.next();
    assert.equal(method, "third");
    peer.answer(id, 3);
    assert.equal(await third, 3);
  });
});

describe("a timeout", () => {
  it("is 5 seconds unless something else is said", async (t) => {
    const { client, clock } = faked(t);
    const call = client.call("m");
    clock.advance(4_999);
    assert.equal(client.pending, 1);
    clock.advance(1);
    await assert.rejects(call, { name: "CallTimeoutError", timeout: 5_000 });
  });

  it("of 0 or Infinity is none", async (t) => {
    const { client, clock } = faked(t);
    const calls = [0, Number.POSITIVE_INFINITY].map((timeout) => client.call("m", [], { timeout }));
    clock.advance(2 ** 40);
    assert.equal(client.pending, 2);
    for (const call of calls) call.catch(() => {});
  });
});
