/**
 * A program that awaits as little as a user may, while its connections drop, and prints what it came through. Run with
 * --unhandled-rejections=strict it does not get to the end if one rejection is nobody's.
 */
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { Client } from "../../src/client/client.ts";
import { listen } from "../../src/server/server.ts";
import type { CallContext } from "../../src/service/context.ts";
import { Service } from "../../src/service/service.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** A server that cuts everyone who says anything. */
const cutter = createServer((socket) => {
  socket.on("error", () => {});
  socket.once("data", () => socket.resetAndDestroy());
});
cutter.listen(0, "127.0.0.1");
await once(cutter, "listening");
const address = `tcp://127.0.0.1:${(cutter.address() as AddressInfo).port}`;
const nowhere = "unix:/nowhere/at/all.sock";

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await turn();
}

const scenes: Record<string, () => Promise<unknown>> = {
  async "awaits only batch.send, and the connection drops"() {
    await using client = new Client(address, { logger: silent });
    const batch = client.batch();
    void batch.call("a");
    void batch.call("b");
    void batch.notify("c");
    await batch.send();
  },
  async "awaits only batch.send, and nothing can be dialled"() {
    await using client = new Client(nowhere, { logger: silent });
    const batch = client.batch();
    void batch.call("a");
    void batch.notify("b");
    await batch.send();
  },
  async "does not even await batch.send"() {
    await using client = new Client(address, { logger: silent });
    const batch = client.batch();
    void batch.call("a");
    void batch.send({ timeout: 1 });
    await settle();
  },
  async "awaits one member, and leaves the others"() {
    await using client = new Client(address, { logger: silent });
    const batch = client.batch();
    const members = [batch.call("a"), batch.call("b"), batch.notify("c")];
    void batch.send();
    await members[0]?.catch(() => {});
  },
  async "sends a batch that is too long"() {
    await using client = new Client(address, { logger: silent, limits: { batchLength: 1 } });
    const batch = client.batch();
    void batch.call("a");
    void batch.notify("b");
    await batch.send();
  },
  async "never sends its batch"() {
    await using client = new Client(address, { logger: silent });
    void client.batch().call("a");
  },
  async "awaits no notification"() {
    for (const to of [address, nowhere]) {
      await using client = new Client(to, { logger: silent });
      for (let i = 0; i < 100; i++) void client.notify("n", [i]);
      void client.notify("n", 1n as unknown as unknown[]);
      void client.notify("n", [], { timeout: -1 });
      void client.notify("n", [], { signal: AbortSignal.abort() });
      await client.connect().catch(() => {});
      for (let i = 0; i < 100; i++) void client.notify("n", [i]);
      await settle();
    }
  },
  async "closes with all of it under way"() {
    const client = new Client(address, { logger: silent });
    void client.notify("n");
    const batch = client.batch();
    void batch.call("a");
    void batch.notify("b");
    void batch.send();
    void client.close();
    void client.notify("late");
    await client.close();
  },
  async "closes while it dials, and dials again and again"() {
    const client = new Client(nowhere, { logger: silent, redial: { initialDelay: 1, maxDelay: 2 } });
    void client.notify("n");
    await settle();
    await client.close();
  },
  async "has handlers that nobody answers"() {
    const service = new Service({ logger: silent, onError: async () => Promise.reject(new Error("a failing hook")) })
      .addMethod("fail", async () => Promise.reject(new Error("as it was told")))
      .addMethod(
        "late",
        async (context: CallContext) => {
          void context.connection?.notify("told");
          await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
          throw new Error("too late");
        },
        { context: true },
      );
    const server = await listen(service, "tcp://127.0.0.1:0", { logger: silent });
    server.on("connection", (connection) => {
      void connection.notify("hello");
      void connection.batch().call("hello");
    });
    const client = new Client(server.address, { logger: silent });
    void client.notify("fail");
    void client.notify("late");
    client.call("late").catch(() => {});
    await client.call("fail").catch(() => {});
    void server.close({ timeout: 1 });
    await client.close();
    await server.close();
  },
};

for (const [name, play] of Object.entries(scenes)) {
  await play();
  await settle();
  console.log(`ok: ${name}`);
}
cutter.close();
console.log("survived");
