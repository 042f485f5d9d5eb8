/** As whom a client or a server connects to a broker, by options that are plain texts. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DialError } from "../../src/connection/errors/dial-error.ts";
import { connectSync } from "../../src/sync/index.ts";
import type { NatsDialOptions } from "../../src/transport/nats/options.ts";
import { Broker, official, withoutNats } from "../support/nats.ts";
import { clientOf, exampleService, serve } from "../support/served.ts";
import { rejection } from "../support/settling.ts";

describe("over NATS, credentials", { skip: withoutNats, timeout: 30_000 }, () => {
  it("are an nkey's seed or a credentials file, as texts or bytes, also for blocking calls", async (t) => {
    const { nkeys } = await official();
    const user = nkeys.createUser();
    const seed = new TextDecoder().decode(user.getSeed());
    const guarded = await Broker.start(t, {
      config: `authorization { users: [ { nkey: "${user.getPublicKey()}" } ] }`,
    });
    // Where a broker goes by nkeys alone, any JWT does.
    const credentials = `-----BEGIN NATS USER JWT-----
eyJ.x.y
------END NATS USER JWT------
-----BEGIN USER NKEY SEED-----
${seed}
------END USER NKEY SEED------
`;
    const address = guarded.address();
    await serve(t, exampleService(), { nats: { nkeySeed: `${seed}\n` } }, address);
    const bytes = new TextEncoder();
    for (const nats of [
      { nkeySeed: seed },
      { nkeySeed: bytes.encode(`# mine\n${seed}\r\n`) },
      { credentials },
      { credentials: bytes.encode(credentials.replaceAll("\n", "\r\n")) },
    ]) {
      assert.equal(await clientOf(t, address, { nats }).call("add", [1, 2]), 3);
      using client = connectSync(address, { nats });
      client.connect();
      assert.equal(client.connected, true);
    }
    await rejection(clientOf(t, address).call("add", [1, 2]), DialError);
  });

  it("that make no sense are told before anything is sent, and never repeated", async (t) => {
    const address = (await Broker.start(t)).address();
    const rows: readonly (readonly [nats: Record<string, unknown>, says: RegExp])[] = [
      [{ nkeySeed: "hush-hush" }, /expected an nkey's seed, which begins with SU, as the option nats\.nkeySeed/],
      [{ nkeySeed: `SU${"A".repeat(56)}` }, /expected an nkey's seed/],
      [{ nkeySeed: 5 }, /expected a text or a Uint8Array as the option nats\.nkeySeed, got number/],
      [{ credentials: "hush-hush" }, /expected a credentials file's text, with a JWT and a seed/],
      [{ credentials: "hush-hush", nkeySeed: "x" }, /expected nats\.credentials or nats\.nkeySeed, got both/],
      [
        { nkeySeed: "hush-hush", authenticator: () => ({}) },
        /expected nats\.nkeySeed or nats\.authenticator, got both/,
      ],
    ];
    for (const [nats, says] of rows) {
      const error = await rejection(
        clientOf(t, address, { nats: nats as NatsDialOptions }).call("add", [1, 2]),
        DialError,
      );
      assert.match(error.message, says);
      assert.ok(error.cause instanceof TypeError);
      assert.doesNotMatch(error.message + String(error.cause), /hush|AAAA/);
    }
  });
});
