import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { Connection } from "../../src/connection/connection.ts";
import { type WindowChannelOptions, windowChannel } from "../../src/ports/window.ts";
import { untrusted } from "../../src/protocol/limits.ts";
import { cleanUp } from "../support/cleanup.ts";
import { Log } from "../support/log.ts";
import { Recorder } from "../support/recorder.ts";
import { exampleService } from "../support/served.ts";
import { turns } from "../support/turns.ts";
import { windowPair } from "../support/window-pair.ts";

/** A channel that is gone after the test. */
function channelTo(test: TestContext, options: WindowChannelOptions) {
  const channel = windowChannel(options);
  cleanUp(test, () => channel.destroy());
  return channel;
}

describe("a channel between windows", () => {
  it("carries calls both ways, whichever window comes first", async (t) => {
    for (const first of ["here", "there"]) {
      const { here, there, seenByHere, seenByThere } = windowPair();
      const connect = {
        here: () => channelTo(t, { target: seenByHere, targetOrigin: there.origin, window: here }),
        there: () => channelTo(t, { target: seenByThere, targetOrigin: here.origin, window: there }),
      };
      const order = first === "here" ? [connect.here, connect.there] : [connect.there, connect.here];
      const connections: Connection[] = [];
      for (const make of order) {
        connections.push(new Connection(make(), { service: exampleService(), logger: new Log() }));
        await turns();
      }
      for (const connection of connections) assert.equal(await connection.call("echo", ["hello"]), "hello");
    }
  });

  it("sends nothing to a page of another origin", async (t) => {
    const { here, there, seenByHere, seenByThere } = windowPair();
    there.origin = "https://evil.example";
    const left = channelTo(t, { target: seenByHere, targetOrigin: "https://there.example", window: here });
    channelTo(t, { target: seenByThere, targetOrigin: here.origin, window: there });
    left.send("secret");
    await turns();
    assert.equal(left.handedOver, 0);
  });

  it("hears nothing of another origin, nor of another window of the right one", async (t) => {
    const { here, there, seenByHere } = windowPair();
    const left = channelTo(t, { target: seenByHere, targetOrigin: there.origin, window: here });
    left.send("1");
    const notes = [
      { tsjason: "hello", from: "" },
      { tsjason: "met", from: "x", to: "y" },
    ];
    for (const note of notes) {
      here.hear(note, "https://evil.example", seenByHere);
      here.hear(note, "null", seenByHere);
      here.hear(note, there.origin, {});
    }
    await turns();
    assert.equal(left.handedOver, 0);
    here.hear(notes[0], there.origin, seenByHere);
    await turns();
    assert.equal(left.handedOver, 1, "the same, where it is from the right one");
  });

  it("leaves other messages alone", async (t) => {
    const { here, there, seenByHere, seenByThere } = windowPair();
    const heard: unknown[] = [];
    here.addEventListener("message", ({ data }: { data: unknown }) => heard.push(data));
    const owner = new Recorder(channelTo(t, { target: seenByHere, targetOrigin: there.origin, window: here }));
    channelTo(t, { target: seenByThere, targetOrigin: here.origin, window: there }).send("[1]");
    const others = ["plain", null, 7, { tsjason: 1 }, '{"jsonrpc":"2.0","method":"x"}'];
    for (const message of others) seenByThere.postMessage(message, here.origin);
    await owner.received(1);
    await turns();
    assert.deepEqual(owner.events, ["message"]);
    for (const message of others) assert(heard.includes(message));
  });

  it("is broken when the page over there is replaced by another", async (t) => {
    const { here, there, seenByHere, seenByThere } = windowPair();
    const owner = new Recorder(channelTo(t, { target: seenByHere, targetOrigin: there.origin, window: here }));
    const old = channelTo(t, { target: seenByThere, targetOrigin: here.origin, window: there });
    old.send("[1]");
    await owner.received(1);
    // A page that was loaded anew knows nothing of the one before it.
    here.hear({ tsjason: "hello", from: "another" }, there.origin, seenByHere);
    await owner.happened("closed");
    assert.match(String(owner.reason), /replaced/);
    assert.equal(here.listeners, 0);
  });

  it("goes to any page and hears any where that is said", async (t) => {
    const { here, there, seenByHere, seenByThere } = windowPair("null", "null");
    const owner = new Recorder(channelTo(t, { target: seenByHere, targetOrigin: "*", origin: "null", window: here }));
    channelTo(t, { target: seenByThere, targetOrigin: "*", origin: "*", window: there }).send("[1]");
    await owner.received(1);
  });

  it("has the untrusted limits", async (t) => {
    const { here, there, seenByHere, seenByThere } = windowPair();
    const owner = new Recorder(channelTo(t, { target: seenByHere, targetOrigin: there.origin, window: here }));
    channelTo(t, { target: seenByThere, targetOrigin: here.origin, window: there }).send(
      "x".repeat(untrusted.messageBytes + 1),
    );
    await owner.happened("malformed");
  });

  const { seenByHere: target, here: window } = windowPair();
  for (const [what, options, says] of [
    ["no target origin", { target, window }, /the option targetOrigin, got undefined/],
    [
      "a URL for one",
      { target, window, targetOrigin: "https://a.example/" },
      /targetOrigin, got "https:\/\/a.example\/"/,
    ],
    ["any target without an origin", { target, window, targetOrigin: "*" }, /expected the option origin/],
    ["an origin that is none", { target, window, targetOrigin: "*", origin: "a.example" }, /the option origin, got/],
    ["no target", { window, targetOrigin: "https://a.example" }, /expected a window as the option target/],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => windowChannel(options as unknown as WindowChannelOptions),
        (error: Error) => {
          assert(error instanceof TypeError);
          assert.match(error.message, says);
          return true;
        },
      );
      assert.equal(window.listeners, 0);
    });
  }
});
