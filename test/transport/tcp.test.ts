import assert from "node:assert/strict";
import { connect, createServer, Server } from "node:net";
import { describe, it } from "node:test";
import { untrusted } from "../../src/protocol/limits.ts";
import { tcp } from "../../src/transport/tcp.ts";
import { type TransportRows, transportChannelSuite, transportSuite } from "../conformance/transport.ts";
import { gone } from "../support/gone.ts";
import { withoutIpv6 } from "../support/ipv6.ts";
import { invalidNetworkAddresses } from "../support/network-rows.ts";
import { Program } from "../support/program.ts";
import { Recorder } from "../support/recorder.ts";
import { Stage } from "../support/stage.ts";
import { turns } from "../support/turns.ts";

const whereIs = (address: string) => {
  const { hostname, port } = new URL(address);
  return { host: hostname, port: Number(port), allowHalfOpen: true };
};

const rows: TransportRows = {
  name: "tcp",
  transport: tcp,
  limits: untrusted,
  address: () => "tcp://127.0.0.1:0",
  nobody: "ECONNREFUSED",
  rawDial: (address) => connect(whereIs(address)),
  ready: "connect",
  rawListen: (address) => createServer({ allowHalfOpen: true }).listen(whereIs(address)),
  accepts: "connection",
  invalid: invalidNetworkAddresses("tcp"),
};

transportSuite(rows);
for (const framing of ["content-length", "newline"]) transportChannelSuite(rows, `?framing=${framing}`);

describe("tcp", { timeout: 30_000 }, () => {
  for (const [given, expected] of [
    ["tcp://127.0.0.1:0", /^tcp:\/\/127\.0\.0\.1:\d+$/],
    ["tcp://[::1]:0", /^tcp:\/\/\[::1\]:\d+$/],
    ["tcp://localhost:0", /^tcp:\/\/localhost:\d+$/],
    ["tcp://LocalHost:0/", /^tcp:\/\/LocalHost:\d+\/$/],
    ["tcp://0.0.0.0:0", /^tcp:\/\/0\.0\.0\.0:\d+$/],
    ["tcp://127.1:0?framing=netstring", /^tcp:\/\/127\.1:\d+\?framing=netstring$/],
  ] as const) {
    it(`listens on ${given} and can be dialled at the address it gives`, { skip: withoutIpv6(given) }, async (t) => {
      const stage = new Stage(rows, t);
      const { address } = await stage.listen(given);
      assert.match(address, expected);
      assert.notEqual(new URL(address).port, "0");
      const [right, left] = await Promise.all([stage.accept(), stage.dial(address)]);
      left.send("1");
      await new Recorder(right).received(1);
    });
  }

  it("says who is on the other end", async (t) => {
    const { listener, left, right } = await new Stage(rows, t).connect();
    assert.equal(left.peer.address, "127.0.0.1");
    assert.equal(left.peer.port, Number(new URL(listener.address).port));
    assert.equal(right.peer.address, "127.0.0.1");
    assert(typeof right.peer.port === "number" && right.peer.port > 0);
    assert.equal(right.peer.tls, undefined);
  });

  it("does not dial port 0", async (t) => {
    await assert.rejects(new Stage(rows, t).dial("tcp://127.0.0.1:0"), {
      name: "InvalidAddressError",
      message: /expected a port from 1 to 65535 \(0 is for listening\), got 0/,
    });
  });

  it("fails with one code where a name stands for several addresses", async (t) => {
    const stage = new Stage(rows, t);
    const listener = await stage.listen("tcp://localhost:0");
    await listener.close();
    await assert.rejects(stage.dial(listener.address), { code: "ECONNREFUSED" });
  });

  it("gives up a dial to a name that stands for several addresses, at any turn of the event loop", async (t) => {
    const stage = new Stage(rows, t);
    const { address } = await stage.listen("tcp://localhost:0");
    const reason = new Error("not any more");
    for (let count = 0; count < 20; count++) {
      const controller = new AbortController();
      const dial = stage.dial(address, controller).then(
        (channel) => channel.destroy(),
        (error) => assert.equal(error, reason),
      );
      await turns(count);
      controller.abort(reason);
      await dial;
    }
  });

  it("reports errors of a server that listens already, and lives on", async (t) => {
    const servers: Server[] = [];
    const { listen } = Server.prototype;
    t.mock.method(Server.prototype, "listen", function (this: Server, ...args: Parameters<Server["listen"]>) {
      servers.push(this);
      return Reflect.apply(listen, this, args);
    });
    const stage = new Stage(rows, t);
    const { address } = await stage.listen();
    const error = Object.assign(new Error("accept EMFILE"), { code: "EMFILE" });
    servers[0]?.emit("error", error);
    assert.equal(await stage.refusal(), error);
    await Promise.all([stage.accept(), stage.dial(address)]);
  });

  it("lives on when the process had no file descriptors left", {
    skip: process.platform === "win32" && "needs Linux or macOS: limits a process's open files",
  }, async (t) => {
    const stage = new Stage(rows, t);
    const { address = "" } = await new Program(t, 64).tell({ listen: "tcp://127.0.0.1:0" });
    const crowd = await Promise.all(Array.from({ length: 80 }, () => stage.rawDial(address)));
    // Some of them found no room, and are closed.
    await Promise.race(crowd.map(gone));
    for (const socket of crowd) socket.destroy();
    for (;;) {
      const owner = new Recorder(await stage.dial(address));
      owner.channel.send("1");
      await owner.until(() => owner.events.length > 0);
      if (owner.messages.length > 0) break;
      // It has not seen all of the crowd leave.
      owner.channel.destroy();
    }
  });
});
