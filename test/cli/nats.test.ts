/** The command with addresses of NATS. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { output, start, tsjason } from "../support/command.ts";
import { Broker, connection, withoutNats } from "../support/nats.ts";
import { end, proxy } from "../support/proxied.ts";
import { serve } from "../support/served.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { WirePeer } from "../support/wire-peer.ts";

const shared = withoutNats ? undefined : await Broker.start({ after });

describe("tsjason and NATS", { skip: withoutNats }, () => {
  const broker = shared as Broker;

  test("calls a service there, and shows the texts", async (test) => {
    const { address } = await serve(test, undefined, {}, broker.address());
    assert.equal(await output(test, ["call", address, "add", "1", "2"]), "3\n");
    const { stderr } = await tsjason(test, ["call", "-v", address, "add", "1", "2"]);
    assert.match(stderr, /^> \{"jsonrpc":"2.0","id":1,"method":"add","params":\[1,2\]\}$/m);
    const endless = await tsjason(test, ["call", address, "add", "1", "2", "--timeout", "0"]);
    assert.deepEqual([endless.status, endless.stdout], [2, ""]);
    assert.match(endless.stderr, /^usage: expected a --timeout above 0/);
    const lonely = await tsjason(test, ["call", broker.address(), "add", "1", "2"]);
    assert.equal(lonely.status, 3);
    assert.match(lonely.stderr, /no responders/);
  });

  test("serves a module there, and answers what it has before it ends", async (test) => {
    const folder = temporaryDirectory(test);
    const file = join(folder, "service.mjs");
    writeFileSync(
      file,
      `let finish;
      export default {
        wait: () => new Promise((resolve) => { finish = resolve; console.error("waiting"); }),
        add: (a, b) => a + b,
      };
      process.on("SIGTERM", () => setImmediate(() => finish?.("done")));`,
    );
    const address = broker.address();
    const server = start(test, ["serve", file, "--listen", address]);
    await server.prints(/^listening nats:/m);
    assert.equal(await output(test, ["call", address, "add", "1", "2"]), "3\n");
    const waiting = output(test, ["call", address, "wait"]);
    await server.prints(/waiting/, "stderr");
    server.signal("SIGTERM");
    assert.equal(await waiting, '"done"\n');
    assert.equal((await server.ended).status, 0);
  });

  test("bridges to it with a bound on the time, and while the broker is away", async (test) => {
    const gone = await Broker.start(test);
    const silent = await connection(test, gone, { reconnect: false });
    silent.subscribe("silent.>");
    await silent.flush();
    const { address, command } = await proxy(test, "tcp://127.0.0.1:0", gone.address("silent"), "--timeout", "200ms");
    const client = await WirePeer.dial(test, address);
    client.call("a", "never");
    const { id, error } = await client.inbox.next();
    assert.deepEqual([id, error?.code], ["a", -32098]);
    await gone.kill();
    // Until it has noticed, calls may be lost; from then on each is refused at once, and the next one read.
    let refused = 0;
    while (refused < 2) {
      client.call(refused, "never");
      const answer = await client.inbox.next();
      assert.equal(answer.id, refused);
      if (answer.error?.code === -32097) refused++;
    }
    client.end();
    await client.ended;
    await end(command);
  });

  test("bridges from and to it", async (test) => {
    const { address: tcp } = await serve(test);
    const subject = broker.address();
    const there = start(test, ["proxy", subject, tcp]);
    await there.prints(/^listening on nats:/m, "stderr");
    const back = start(test, ["proxy", "tcp://127.0.0.1:0", subject]);
    const [, address = ""] = await back.prints(/^listening on (tcp:\S+),/m, "stderr");
    assert.equal(await output(test, ["call", address, "add", "1", "2"]), "3\n");
  });
});
