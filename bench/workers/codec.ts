import { tracingChannel } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import * as v from "valibot";
import { z } from "zod";
import type { CallContext, Connection, Service, StandardSchema } from "../../src/index.ts";
import { callFloor, serveFloor } from "../adapters/floor.ts";
import { textOf } from "../lib/load.ts";
import { MemorySocket } from "../lib/memory-socket.ts";
import { answerOps, cpuMicros } from "../lib/ops.ts";
import { loadProduct } from "../lib/product.ts";
import type { Scenario } from "../lib/scenario.ts";

/* Both ends of a scenario in one process. */

type Call = () => PromiseLike<unknown>;

/** Makes one call, or one batch of them. */
let call: Call = () => Promise.reject(new Error("nothing is set up"));
let scenario: Scenario = { outstanding: 1, size: 1 };

/** What a schema costs that does nothing. */
const anything: StandardSchema = { "~standard": { version: 1, vendor: "bench", validate: (value) => ({ value }) } };

const FLOOR_METHODS = new Map([["echo", (text: unknown) => text]]);

function setUpFloor(given: Scenario): Call {
  const [here, there] = MemorySocket.pair();
  serveFloor(there as unknown as Socket, FLOOR_METHODS);
  const caller = callFloor(here as unknown as Socket);
  const text = textOf(given.size, given.text);
  return () => caller.echo(text);
}

const SIDES = ["tsjason:call", "tsjason:handle"].map((name) => tracingChannel<unknown, object>(name));
const listener = { start() {}, end() {}, asyncStart() {}, asyncEnd() {}, error() {} };

/** A middleware that passes on, on each side. */
function putAround(service: Service, client: Connection): void {
  service.use((_call, next) => next());
  client.use((_call, next) => next());
}

/** Middlewares and listeners as the scenario has them, on the way of its calls or of others. */
async function surround(dist: string, { middleware, tracing }: Scenario, service: Service, client: Connection) {
  if (middleware === "here") putAround(service, client);
  if (middleware === "elsewhere") {
    const { Connection, FramedChannel, Service } = await loadProduct(dist);
    const [here, there] = MemorySocket.pair();
    const other = new Service().addMethod("echo", (text: string) => text);
    new Connection(new FramedChannel(there), { service: other });
    const caller = new Connection(new FramedChannel(here));
    putAround(other, caller);
    for (let i = 0; i < 10_000; i++) await caller.call("echo", ["elsewhere"]);
  }
  if (tracing !== "over" && tracing !== "heard") return;
  for (const side of SIDES) side.subscribe(listener);
  if (tracing === "heard") return;
  for (let i = 0; i < 100; i++) await client.call("echo", ["heard"]);
  for (const side of SIDES) side.unsubscribe(listener);
}

async function setUpProduct(dist: string, given: Scenario): Promise<Call> {
  const { Connection, FramedChannel, Service } = await loadProduct(dist);
  const { size, serviceTimeout, timeout, method = "echo" } = given;
  const service = new Service({ timeout: serviceTimeout ?? 0 });
  service.addMethod("echo", (text: string) => text);
  service.addMethod("main.echo", (text: string) => text);
  service.addMethod("echoPlainly", (text: string) => text);
  service.addMethod("echoAsync", async (text: string) => text);
  service.addMethod("echoValibot", (text) => text, { params: [v.string()] });
  service.addMethod("echoWithZod", (text) => text, { params: [z.string()] });
  service.addMethod("echoAnySort", (text) => text, { params: [anything] });
  service.addMethod("echoContext", (_context: CallContext, text: string) => text, { context: true });
  const text = textOf(size, given.text);
  if (given.handleOnly) {
    const request = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: [text] });
    return async () => service.handle(request);
  }
  const [here, there] = MemorySocket.pair();
  if (given.only === "client") serveFloor(there as unknown as Socket, FLOOR_METHODS);
  else new Connection(new FramedChannel(there), { service });
  if (given.only === "server") {
    const caller = callFloor(here as unknown as Socket);
    return () => caller.echo(text);
  }
  const client = new Connection(new FramedChannel(here), timeout === undefined ? {} : { timeout });
  await surround(dist, given, service, client);
  const { batch: inBatch } = given;
  if (inBatch) {
    return () => {
      const batch = client.batch();
      const answers = Array.from({ length: inBatch }, () => batch.call(method, [text]));
      void batch.send();
      return Promise.all(answers);
    };
  }
  if (given.proxy) {
    const remote = client.namespace("main");
    return () => remote.echo?.(text) as Promise<unknown>;
  }
  const shared = new AbortController().signal;
  switch (given.signal) {
    case "shared":
      return () => client.call(method, [text], { signal: shared });
    case "own":
      return () => client.call(method, [text], { signal: new AbortController().signal });
    case "unused":
      return () => {
        new AbortController().signal.throwIfAborted();
        return client.call(method, [text], {});
      };
    default:
      return () => client.call(method, [text]);
  }
}

export const codecOps = {
  /** @param dist - the product's build; none for the floor */
  async setUp({ dist, ...given }: Scenario & { readonly dist: string | undefined }): Promise<void> {
    scenario = given;
    call = dist === undefined ? setUpFloor(given) : await setUpProduct(dist, given);
    await call();
  },

  /** Makes so many calls. What it took, in microseconds: CPU time and time. */
  async run({ calls }: { readonly calls: number }): Promise<{ calls: number; cpu: number; time: number }> {
    const each = scenario.batch ?? 1;
    let left = Math.ceil(calls / each);
    const made = left * each;
    async function lane(): Promise<void> {
      while (left-- > 0) await call();
    }
    const cpu = cpuMicros();
    const start = performance.now();
    await Promise.all(Array.from({ length: Math.max(1, scenario.outstanding / each) }, lane));
    return { calls: made, cpu: cpuMicros() - cpu, time: (performance.now() - start) * 1_000 };
  },
};

export type CodecOps = typeof codecOps;

answerOps(codecOps);
