/** The command with addresses of NATS. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { output, start, tsjason } from "../support/command.ts";
import { Broker, connection, official, withoutNats } from "../support/nats.ts";
import { end, proxy } from "../support/proxied.ts";
import { serve } from "../support/served.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { WirePeer, WireServer } from "../support/wire-peer.ts";

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
    assert.match(endless.stderr, /^usage: expected a timeout above 0/);
    const lonely = await tsjason(test, ["call", broker.address(), "add", "1", "2"]);
    assert.equal(lonely.status, 3);
    assert.match(lonely.stderr, /no responders/);
  });

  test("hears notifications of any method, by the subjects of methods and by the prefix", async (test) => {
    const address = broker.address();
    const listening = start(test, ["listen", address]);
    await listening.prints(/listening/i, "stderr");
    assert.equal(await output(test, ["notify", address, "log.line", "one"]), "");
    await listening.prints(/log\.line.*one/);
    listening.signal("SIGTERM");
    await listening.ended;
  });

  test("says in words what a session cannot wait for, and keeps what it had", async (test) => {
    const { address } = await serve(test, undefined, {}, broker.address());
    const session = await tsjason(test, ["repl", address], { input: ".timeout 0\nadd 1 2\n" });
    assert.deepEqual([session.status, session.stderr], [0, ""]);
    assert.equal(session.stdout, "usage: expected a timeout above 0: over nats nobody tells when a server dies\n3\n");
    for (const args of [
      ["proxy", "tcp://127.0.0.1:0", address],
      ["discover", address],
    ]) {
      const { status, stderr } = await tsjason(test, [...args, "--timeout", "0"]);
      assert.deepEqual([status, /expected a timeout above 0/.test(stderr)], [2, true], args[0]);
    }
  });

  test("shows who one is, by an nkey, credentials or a token, and nobody else", async (test) => {
    const { nkeys } = await official();
    const user = nkeys.createUser();
    const seed = new TextDecoder().decode(user.getSeed());
    const folder = temporaryDirectory(test);
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const nkey = file("user.nk", `${seed}\n`);
    // A broker that goes by nkeys leaves the JWT to others.
    const lines = ["USER JWT", "eyJ.x.y", "USER NKEY SEED", seed].map((line, index) =>
      index % 2 === 0 ? `-----BEGIN NATS ${line}-----` : `${line}\r\n------END NATS------\r\n`,
    );
    const creds = file("user.creds", lines.join("\r\n"));
    const byKey = await Broker.start(test, {
      config: `authorization { users: [ { nkey: "${user.getPublicKey()}" } ] }`,
    });
    const byToken = await Broker.start(test, { config: 'authorization { token: "hush-hush" }' });
    const module = file("service.mjs", "export default { add: (a, b) => a + b };");
    const ways: readonly (readonly [broker: Broker, ...options: string[]])[] = [
      [byKey, "--nkey", nkey],
      [byKey, "--creds", creds],
      [byToken, "--token", "hush-hush"],
      [byToken, "--token", `@${file("token", "hush-hush\n")}`],
    ];
    for (const [guarded, ...options] of ways) {
      const address = guarded.address();
      const server = start(test, ["serve", module, "--listen", address, ...options]);
      await server.prints(/^listening nats:/m);
      assert.equal(await output(test, ["call", address, "add", "1", "2", ...options]), "3\n");
      const into = options.map((word) => word.replace(/^--/, "--listen-"));
      const bridge = start(test, ["proxy", `${address}.again`, address, ...options, ...into]);
      await bridge.prints(/^listening on nats:/m, "stderr");
      const shown = await tsjason(test, ["call", "-v", `${address}.again`, "add", "1", "2", ...options]);
      assert.equal(shown.stdout, "3\n");
      assert.ok(!shown.stderr.includes("hush-hush") && !shown.stderr.includes(seed));
      const refused = await tsjason(test, ["call", address, "add", "1", "2"]);
      assert.deepEqual([refused.status, /Authorization Violation/.test(refused.stderr)], [3, true], refused.stderr);
      for (const each of [server, bridge]) await end(each);
    }
  });

  test("takes no credentials that make no sense, and repeats none", async (test) => {
    const folder = temporaryDirectory(test);
    const secret = join(folder, "secret");
    writeFileSync(secret, "hush-hush");
    const address = broker.address();
    const rows: readonly (readonly [args: string[], says: RegExp])[] = [
      [["--nkey", secret], /^usage: expected the seed of an nkey, which begins with SU in .*, got something else$/],
      [["--creds", secret], /^usage: expected a credentials file with a JWT and a seed in .*, got something else$/],
      [["--creds", join(folder, "none")], /^usage: .*none cannot be read: ENOENT/],
      [
        ["--token", "hush-hush", "--nkey", secret],
        /^usage: expected one of a credentials file, an nkey and a token, got several$/,
      ],
    ];
    for (const [args, says] of rows) {
      const { status, stdout, stderr } = await tsjason(test, ["call", address, "x", ...args]);
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(stderr.trim(), says);
      assert.ok(!stderr.includes("hush-hush"));
    }
    const named = address.replace("nats://", "nats://hush-hush@");
    const both = await tsjason(test, ["call", named, "x", "--token", "hush-hush"]);
    assert.equal(both.stderr, "usage: expected credentials in the address or as an option, got both\n");
  });

  test("ends, also where a broker says nothing at all", async (test) => {
    const silent = await WireServer.listen(test);
    const address = `${silent.address.replace("tcp:", "nats:")}/x`;
    const { status, stderr } = await tsjason(test, ["call", address, "add", "--timeout", "100ms"]);
    assert.deepEqual([status, stderr], [3, "no connection: add was not answered within 100 ms\n"]);
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
