/** However the bytes are cut on their way, a server gives the same answers. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { describe, it, type TestContext } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Random } from "../support/random.ts";
import { exampleService, serve } from "../support/served.ts";
import { frameText, WirePeer } from "../support/wire-peer.ts";

/** Texts of every kind, all answered in order. */
function texts(count: number): string[] {
  return Array.from({ length: count }, (_, at) => {
    const id = `"id":${at}`;
    if (at % 11 === 3) return `{"jsonrpc":"2.0",${id},"method":"echo","params":["${"é漢😀".repeat(at % 7)}"]}`;
    if (at % 13 === 5)
      return `[{"jsonrpc":"2.0",${id},"method":"add","params":[${at},1]},7,{"jsonrpc":"2.0","method":"echo"}]`;
    if (at % 17 === 6) return "no JSON";
    if (at % 19 === 7) return "";
    if (at % 23 === 8) return `{"jsonrpc":"2.0",${id},"method":"unknown"}`;
    return `{"jsonrpc":"2.0",${id},"method":"add","params":[${at},${at}]}`;
  });
}

/** What a service answers to texts that it is given one by one. */
async function expected(given: readonly string[]): Promise<string[]> {
  const service = exampleService();
  const answers = await Promise.all(given.map((text) => service.handle(text)));
  return answers.filter((answer) => answer !== undefined);
}

/** Cuts bytes into packets as long as `length` says. */
function* cut(bytes: Buffer, length: () => number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const end = at + length();
    yield bytes.subarray(at, end);
    at = end;
  }
}

/** The answers of a server that is sent these packets, each by itself. */
async function ask(test: TestContext, packets: Iterable<Buffer>, answers: number): Promise<readonly string[]> {
  const server = await serve(test);
  const peer = await WirePeer.dial(test, server.address);
  for (const packet of packets) {
    if (!peer.socket.write(packet)) await once(peer.socket, "drain");
    await turn();
  }
  while (peer.inbox.texts.length < answers) await peer.inbox.text();
  return peer.inbox.texts;
}

describe("a server gives the same answers to", () => {
  const few = texts(120);
  const bytes = Buffer.from(few.map(frameText).join(""));

  it("a frame at a time", async (t) => {
    const answers = await expected(few);
    assert.deepEqual(
      await ask(
        t,
        few.map((text) => Buffer.from(frameText(text))),
        answers.length,
      ),
      answers,
    );
  });

  it("a byte at a time", async (t) => {
    const answers = await expected(few);
    assert.deepEqual(
      await ask(
        t,
        cut(bytes, () => 1),
        answers.length,
      ),
      answers,
    );
  });

  for (const length of [2, 3, 4, 5, 6, 7, 8, 9]) {
    it(`packets of ${length} bytes`, async (t) => {
      const answers = await expected(few);
      assert.deepEqual(
        await ask(
          t,
          cut(bytes, () => length),
          answers.length,
        ),
        answers,
      );
    });
  }

  it("packets of 1 to 9 bytes, at random", async (t) => {
    const random = new Random(20_200);
    const answers = await expected(few);
    assert.deepEqual(
      await ask(
        t,
        cut(bytes, () => 1 + random.below(9)),
        answers.length,
      ),
      answers,
    );
  });

  it("ten thousand requests in one packet", async (t) => {
    const many = texts(10_000);
    const answers = await expected(many);
    assert.deepEqual(await ask(t, [Buffer.from(many.map(frameText).join(""))], answers.length), answers);
  });

  it("ten thousand requests in packets of any length", async (t) => {
    const many = texts(10_000);
    const random = new Random(20_201);
    const answers = await expected(many);
    const packets = cut(Buffer.from(many.map(frameText).join("")), () => 1 + random.below(5_000));
    assert.deepEqual(await ask(t, packets, answers.length), answers);
  });
});
