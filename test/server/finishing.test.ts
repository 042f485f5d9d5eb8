/** The close of a server whose listener brings what others would have served: it is served, as long as there is time. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ServeExchange } from "../../src/connection/exchange.ts";
import { untrusted } from "../../src/protocol/limits.ts";
import { listen, Server } from "../../src/server/server.ts";
import { FakeClock } from "../../src/testing/index.ts";
import { registerTransport } from "../../src/transport/registry.ts";
import { callText } from "../support/http.ts";
import { Log } from "../support/log.ts";
import { exampleService } from "../support/served.ts";
import { gate, watch } from "../support/settling.ts";
import { turns } from "../support/turns.ts";

let count = 0;

/** A server on a listener whose close the test plays. */
async function played(finishes: boolean) {
  const scheme = `finishing${++count}`;
  const closing = gate();
  const ends: number[] = [];
  const methods: string[] = [];
  let serve: ServeExchange | undefined;
  registerTransport(scheme, async () => ({
    limits: untrusted,
    connect: () => Promise.reject(new Error("it only listens")),
    listen: async (_address, options) => {
      serve = options.serve;
      const forget = options.methods((name) => methods.push(name));
      const end = async (timeout: number) => void ends.push(timeout);
      const close = () => {
        forget();
        return closing.promise;
      };
      return { address: `${scheme}:here`, finishes, close, end };
    },
  }));
  const clock = new FakeClock();
  const service = exampleService();
  const server = await listen(service, `${scheme}:here`, { clock, logger: new Log() });
  const caller = { peer: { transport: scheme }, signal: undefined };
  const ask = async () => JSON.parse((await serve?.(callText("echo", [1]), caller)) ?? "null");
  return { server, service, clock, closing, ends, methods, ask };
}

describe("a server that closes", () => {
  it("serves what a listener that finishes still brings, and then ends it", async () => {
    const { server, closing, ends, ask } = await played(true);
    const closed = server.close();
    const state = watch(closed);
    await turns();
    assert.equal((await ask()).result, 1);
    assert.deepEqual([state.settled, ends], [false, []]);
    closing.open();
    await closed;
    assert.equal((await ask()).error.code, -32097);
    assert.deepEqual(ends, [5_000]);
  });

  it("serves what an attached listener that finishes still brings", async () => {
    const closing = gate();
    let serve: ServeExchange | undefined;
    const server = new Server(exampleService(), { logger: new Log() });
    server.attach({
      limits: untrusted,
      listen(options) {
        serve = options.serve;
        return { address: "attached:here", finishes: true, close: () => closing.promise };
      },
    });
    const ask = async () => {
      const caller = { peer: { transport: "attached" }, signal: undefined };
      return JSON.parse((await serve?.(callText("echo", [1]), caller)) ?? "null");
    };
    const closed = server.close();
    await turns();
    assert.equal((await ask()).result, 1);
    closing.open();
    await closed;
    assert.equal((await ask()).error.code, -32097);
  });

  it("refuses at once what any other listener brings", async () => {
    const { server, closing, ask } = await played(false);
    const closed = server.close();
    assert.equal((await ask()).error.code, -32097);
    closing.open();
    await closed;
  });

  for (const finishes of [true, false]) {
    it(`ends a listener that does not come to its end in time, one that ${finishes ? "finishes" : "does not finish"}`, async () => {
      const { server, clock, ends, ask } = await played(finishes);
      const closed = server.close({ timeout: 100 });
      await turns();
      clock.advance(100);
      await closed;
      assert.equal((await ask()).error.code, -32097);
      assert.equal(ends.length, 1);
    });
  }

  it("tells a listener of methods, those there are and those that come, until it is closed", async () => {
    const { server, service, methods, closing } = await played(true);
    assert.deepEqual(methods, service.methodNames);
    service.addMethod("late", () => 1);
    assert.equal(methods.at(-1), "late");
    closing.open();
    await server.close();
    service.addMethod("later still", () => 1);
    assert.equal(methods.at(-1), "late");
  });
});
