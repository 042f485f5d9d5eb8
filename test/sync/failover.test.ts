/** A blocking client of several addresses: it is the ordinary client that goes from one to the next. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it, type TestContext } from "node:test";
import { DialError, InvalidAddressError } from "../../src/index.ts";
import { connectSync, DeadlockError } from "../../src/sync/index.ts";
import { blockingClient, serveApart, thrownBy } from "../support/blocking.ts";
import { serve } from "../support/served.ts";
import type { Served } from "../support/serving-worker.ts";
import { startWorker } from "../support/start-worker.ts";

const NOBODY = "tcp://127.0.0.1:1";

/** A server that can be ended, and where it listens. */
async function mortal(test: TestContext, address: string) {
  const worker = startWorker(test, "./serving-worker.ts", { addresses: [address], options: {} } satisfies Served);
  const [[served]] = (await once(worker, "message")) as [[string]];
  return { address: served, end: () => worker.terminate() };
}

describe("a blocking client of several addresses", () => {
  for (const place of ["tcp://127.0.0.1:0", "http://127.0.0.1:0/rpc"]) {
    it(`dials them in order, and goes to the next when one is gone, over ${place}`, async (t) => {
      const first = await mortal(t, place);
      const second = await mortal(t, place);
      const client = blockingClient(t, [first.address, second.address]);
      assert.deepEqual([client.address, client.addresses], [first.address, [first.address, second.address]]);
      assert.equal(client.call("add", [1, 2]), 3);
      assert.equal(client.address, first.address);
      await first.end();
      // Who has not heard yet that it is gone may still send to it.
      assert.equal(client.call("add", [3, 4], { idempotent: true }), 7);
      assert.equal(client.address, second.address);
      client.close();
      assert.equal(client.address, first.address);
    });
  }

  it("takes URLs, and a list that changes later", async (t) => {
    const [address = ""] = await serveApart(t);
    const list = [NOBODY, new URL(address)];
    using client = connectSync(list);
    list.pop();
    assert.equal(client.call("echo", ["x"]), "x");
  });

  it("says why each of them failed", (t) => {
    const client = blockingClient(t, [NOBODY, "tcp://127.0.0.1:2"]);
    const error = thrownBy(() => client.call("echo", ["x"]));
    assert.ok(error instanceof DialError);
    assert.equal(error.address, `${NOBODY}, tcp://127.0.0.1:2`);
    const causes = (error.cause as AggregateError).errors;
    assert.deepEqual(
      causes.map((cause) => [cause instanceof DialError, cause.cause.code]),
      [
        [true, "ECONNREFUSED"],
        [true, "ECONNREFUSED"],
      ],
    );
  });

  it("is refused where this very thread serves one of them", async (t) => {
    const own = await serve(t);
    const client = blockingClient(t, [NOBODY, own.address]);
    const error = thrownBy(() => client.call("echo", ["x"]));
    assert.ok(error instanceof DeadlockError);
    assert.equal(error.address, own.address);
  });

  it("is refused where there is none, or one is no address", () => {
    assert.throws(() => connectSync([]), { name: "TypeError", message: /expected an address or several/ });
    assert.throws(() => connectSync([NOBODY, "nonsense"]), InvalidAddressError);
  });
});
