/**
 * What users rely on, whatever the address: calls, notifications, batches, both directions, timeouts, abort, limits, drain
 * and loss. The same rows for every transport; those of them that need a server that can call say so.
 */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { Client } from "../../src/client/client.ts";
import type { ClientOptions } from "../../src/client/options.ts";
import { CallAbortedError } from "../../src/connection/errors/call-aborted-error.ts";
import { CallError } from "../../src/connection/errors/call-error.ts";
import { CallTimeoutError } from "../../src/connection/errors/call-timeout-error.ts";
import { ClosedError } from "../../src/connection/errors/closed-error.ts";
import { DialError } from "../../src/connection/errors/dial-error.ts";
import { RpcError } from "../../src/protocol/errors/rpc-error.ts";
import type { ServerOptions } from "../../src/server/options.ts";
import type { CallContext } from "../../src/service/context.ts";
import { Service } from "../../src/service/service.ts";
import { clientOf, exampleService, serve } from "../support/served.ts";
import { gate, rejection } from "../support/settling.ts";

/** An address to hold to the rows. */
export interface CallRows {
  readonly name: string;
  /** Where to listen. */
  readonly address: (test: TestContext) => string;
  readonly serverOptions?: () => ServerOptions;
  readonly clientOptions?: () => ClientOptions;
  /** Whether a server can call its clients there. */
  readonly pushes: boolean;
}

export function callSuite({ name, address, serverOptions, clientOptions, pushes }: CallRows): void {
  /** A service on the address, and a client of it. */
  async function connect(
    test: TestContext,
    service: Service = exampleService(),
    own: { readonly server?: ServerOptions; readonly client?: ClientOptions } = {},
  ) {
    const server = await serve(test, service, { ...serverOptions?.(), ...own.server }, address(test));
    const client = clientOf(test, server.address, { ...clientOptions?.(), ...own.client });
    return { server, client };
  }

  /** Where there is a connection, its end is an event; else a call may be under way on what was kept and is no more. */
  const endOf = (client: Client) =>
    pushes ? new Promise((resolve) => client.on("disconnect", resolve)) : Promise.resolve();
  const notThere = pushes ? DialError : CallError;

  describe(`calls over ${name}`, { timeout: 30_000 }, () => {
    it("are answered, each with its own answer", async (t) => {
      const { client } = await connect(t);
      const values = [null, 0, "", "é漢😀", ["\n", { a: [1.5, true] }], "x".repeat(300_000)];
      const calls = Array.from({ length: 200 }, (_, at) => client.call(at % 2 ? "echo" : "later", [values[at % 6]]));
      assert.deepEqual(
        await Promise.all(calls),
        Array.from({ length: 200 }, (_, at) => values[at % 6]),
      );
      assert.equal(client.pending, 0);
    });

    it("get their errors", async (t) => {
      const { client } = await connect(t);
      const codes = await Promise.all(
        [
          client.call("fail"),
          client.call("nope"),
          client.call("constructor"),
          client.call("add", [1]),
          client.call("add", [1, 2, 3]),
        ].map(async (call) => (await rejection(call, RpcError)).code),
      );
      assert.deepEqual(codes, [-32000, -32601, -32601, -32602, -32602]);
    });

    it("come with notifications and in batches", async (t) => {
      const noted: unknown[] = [];
      const service = exampleService()
        .addMethod("note", (value: unknown) => void noted.push(value))
        .addMethod("noted", () => noted);
      const { client } = await connect(t, service);
      await client.notify("note", ["alone"]);
      const batch = client.batch();
      const members = [batch.call("add", [1, 2]), batch.call("later", ["é"])];
      const failing = rejection(batch.call("fail"), RpcError);
      const told = batch.notify("note", ["in a batch"]);
      await batch.send();
      assert.deepEqual(await Promise.all(members), [3, "é"]);
      assert.equal((await failing).code, -32000);
      await told;
      assert.deepEqual(await client.call("noted"), ["alone", "in a batch"]);
    });

    it("time out, here and there, and the handler's signal says so", async (t) => {
      const aborted = gate<unknown>();
      const service = new Service()
        .addMethod("never", () => new Promise(() => {}))
        .addMethod(
          "slow",
          ({ signal }: CallContext) => {
            signal.addEventListener("abort", () => aborted.open(signal.reason));
            return new Promise(() => {});
          },
          { context: true, timeout: 20 },
        );
      const { client } = await connect(t, service);
      const error = await rejection(client.call("never", [], { timeout: 20 }), CallTimeoutError);
      assert.equal(error.timeout, 20);
      assert.equal((await rejection(client.call("slow"), RpcError)).code, -32098);
      assert.equal(((await aborted.promise) as Error).name, "ServerTimeoutError");
    });

    it("are aborted alone, and before they are made", async (t) => {
      const { client } = await connect(t);
      const controller = new AbortController();
      const aborted = rejection(client.call("never", [], { signal: controller.signal }), CallAbortedError);
      const other = client.call("later", ["still here"]);
      await client.call("echo", [1]);
      controller.abort(new Error("enough"));
      assert.equal(((await aborted).cause as Error).message, "enough");
      assert.equal(await other, "still here");
      const early = await rejection(client.call("echo", [1], { signal: AbortSignal.abort() }), CallAbortedError);
      assert.equal(early.outcome, "not-sent");
    });

    it("are refused over the limits, and what is within them goes on", async (t) => {
      const release = gate<string>();
      const full = gate();
      let holding = 0;
      const service = new Service()
        .addMethod("hold", () => {
          if (++holding === 2) full.open();
          return release.promise;
        })
        .addMethod("echo", (value: unknown) => value);
      const { client } = await connect(t, service, { server: { limits: { inFlight: 2, batchLength: 3 } } });
      const held = [client.call("hold"), client.call("hold")];
      // Not all transports keep the order: over HTTP each has a connection of its own.
      await full.promise;
      const refused = await rejection(client.call("hold"), RpcError);
      assert.deepEqual([refused.code, refused.data], [-32096, { limit: "inFlight", max: 2 }]);
      release.open("at last");
      assert.deepEqual(await Promise.all(held), ["at last", "at last"]);
      const batch = client.batch();
      const members = Array.from({ length: 4 }, () => rejection(batch.call("echo", [1]), RpcError));
      await batch.send();
      assert.deepEqual(
        (await Promise.all(members)).map(({ code, data }) => [code, data]),
        new Array(4).fill([-32600, { limit: "batchLength", max: 3 }]),
      );
      assert.equal(await client.call("echo", ["goes on"]), "goes on");
    });

    it("that are in flight are answered while the server closes, and new ones are told to go elsewhere", async (t) => {
      const release = gate<string>();
      const started = gate();
      const service = new Service().addMethod("hold", () => {
        started.open();
        return release.promise;
      });
      const { server, client } = await connect(t, service);
      const ended = endOf(client);
      const held = client.call("hold");
      await started.promise;
      const closing = server.close();
      release.open("owed");
      assert.equal(await held, "owed");
      await Promise.all([closing, ended]);
      await rejection(client.call("hold"), notThere);
    });

    it("end with the client, whose handlers abort, and nothing is dialled afterwards", async (t) => {
      const left = gate();
      const started = gate();
      const service = exampleService().addMethod(
        "hold",
        ({ signal }: CallContext) => {
          signal.addEventListener("abort", () => left.open());
          started.open();
          return new Promise(() => {});
        },
        { context: true, timeout: 20_000 },
      );
      const { server, client } = await connect(t, service);
      const held = rejection(client.call("hold"), ClosedError);
      await started.promise;
      await client.close();
      assert.equal((await held).outcome, "unknown");
      assert.equal((await rejection(client.call("echo", [1]), ClosedError)).outcome, "not-sent");
      // Over a byte stream the end of what a client sends is no leaving: the server's close ends what is left.
      await Promise.all([server.close({ timeout: 0 }), left.promise]);
    });

    it("go on with a server that is there again", async (t) => {
      const first = await connect(t);
      assert.equal(await first.client.call("add", [1, 2]), 3);
      const where = first.server.address;
      await Promise.all([endOf(first.client), first.server.close()]);
      await rejection(first.client.call("add", [1, 2]), notThere);
      await serve(t, exampleService(), serverOptions?.() ?? {}, where);
      assert.equal(await first.client.call("add", [3, 4]), 7);
    });

    it(`${pushes ? "go both ways" : "go one way, and a handler that tries is told"}`, async (t) => {
      const service = new Service().addMethod(
        "ask",
        async ({ connection }: CallContext) => {
          await connection?.notify("note", ["noted"]);
          return connection?.call("add", [20, 22]);
        },
        { context: true },
      );
      const notes: unknown[] = [];
      const own = exampleService().addMethod("note", (value: unknown) => void notes.push(value));
      const { client } = await connect(t, service, pushes ? { client: { service: own } } : {});
      if (pushes) {
        assert.equal(await client.call("ask"), 42);
        assert.deepEqual(notes, ["noted"]);
      } else assert.equal((await rejection(client.call("ask"), RpcError)).code, -32000);
    });
  });
}
