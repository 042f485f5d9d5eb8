/** Over a broker that knows nobody but an operator: whoever calls or serves shows a credentials file. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { DialError } from "../../src/connection/errors/dial-error.ts";
import { Broker, official, withoutNats } from "../support/nats.ts";
import { makeAccounts } from "../support/nats-accounts.ts";
import { clientOf, exampleService, serve } from "../support/served.ts";
import { rejection } from "../support/settling.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const accounts = await makeAccounts("shop", "other");
const shared = withoutNats ? undefined : await Broker.start({ after }, { config: accounts.config });
const broker = shared as Broker;
const { credsAuthenticator, jwtAuthenticator } = await official();

/* The broker's words, then or at another try; or the official client's, who has given up trying. */
const OVER = /Authorization Violation|User Authentication Expired|connection refused/;

/** The options of one who shows these credentials. */
function showing(credentials: Uint8Array) {
  return { nats: { authenticator: credsAuthenticator(credentials) }, timeout: 20_000 };
}

describe("over NATS, by credentials, a call", { skip: withoutNats, timeout: 30_000 }, () => {
  it("is answered where both sides are users of one account", async (t) => {
    const address = broker.address();
    await serve(t, exampleService(), showing(await accounts.credentials("shop")), address);
    assert.equal(await clientOf(t, address, showing(await accounts.credentials("shop"))).call("add", [1, 2]), 3);
  });

  it("takes them as the text of their file", async (t) => {
    const address = broker.address();
    const [served, called] = [await accounts.credentials("shop"), await accounts.credentials("shop")];
    await serve(t, exampleService(), { nats: { credentials: served } }, address);
    const nats = { credentials: Buffer.from(called).toString() };
    assert.equal(await clientOf(t, address, { nats, timeout: 20_000 }).call("add", [1, 2]), 3);
  });

  it("takes them from a file that is read anew at each connect, as it may be replaced", async (t) => {
    const address = broker.address();
    const file = join(temporaryDirectory(t), "user.creds");
    const nats = { authenticator: credsAuthenticator(() => readFileSync(file)) };
    await serve(t, exampleService(), showing(await accounts.credentials("shop")), address);
    const client = clientOf(t, address, { nats, timeout: 20_000 });
    writeFileSync(file, await accounts.credentials("shop", { pub: { deny: [">"] } }));
    assert.match((await rejection(client.call("add", [1, 2]), DialError)).message, /permissions violation/i);
    await client.close();
    writeFileSync(file, await accounts.credentials("shop"));
    assert.equal(await clientOf(t, address, { nats, timeout: 20_000 }).call("add", [1, 2]), 3);
  });

  it("takes them apart, too: a JWT and the seed that belongs to it", async (t) => {
    const address = broker.address();
    const text = Buffer.from(await accounts.credentials("shop")).toString();
    const [jwt = "", seed = ""] = [...text.matchAll(/^-+BEGIN .*-\n(\S+)\n/gm)].map(([, part]) => part);
    const nats = { authenticator: jwtAuthenticator(jwt, Buffer.from(seed)) };
    await serve(t, exampleService(), { nats }, address);
    assert.equal(await clientOf(t, address, { nats, timeout: 20_000 }).call("add", [1, 2]), 3);
  });

  it("finds nobody in another account", async (t) => {
    const address = broker.address();
    await serve(t, exampleService(), showing(await accounts.credentials("shop")), address);
    const stranger = clientOf(t, address, showing(await accounts.credentials("other")));
    assert.match((await rejection(stranger.call("add", [1, 2]), DialError)).message, /no responders/);
  });

  it("is not sent without any, with another operator's, with a key that is not the user's, or with old ones", async (t) => {
    const address = broker.address();
    const [mine, another] = await Promise.all([accounts.credentials("shop"), accounts.credentials("shop")]);
    const seedOf = (credentials: Uint8Array) => /SU[A-Z0-9]{50,}/.exec(Buffer.from(credentials).toString())?.[0] ?? "";
    const mixed = Buffer.from(Buffer.from(mine).toString().replace(seedOf(mine), seedOf(another)));
    const elsewhere = await (await makeAccounts("shop")).credentials("shop");
    const old = await accounts.credentials("shop", {}, Math.floor(Date.now() / 1_000) - 60);
    for (const options of [{ timeout: 20_000 }, showing(elsewhere), showing(mixed), showing(old)]) {
      const error = await rejection(clientOf(t, address, options).call("add", [1, 2]), DialError);
      assert.match(error.message, /Authorization Violation/);
      assert.equal(error.outcome, "not-sent");
    }
  });

  it("is not sent with a file that holds no credentials, and what is in it is told to nobody", async (t) => {
    const client = clientOf(t, broker.address(), showing(Buffer.from("SUASECRET")));
    const error = await rejection(client.call("add", [1, 2]), DialError);
    assert.match(error.message, /unable to parse credentials/);
    assert.doesNotMatch([error.stack, ...client.log.lines()].join("\n"), /SECRET/);
  });

  it("is possible until they run out, of which both sides are told", async (t) => {
    const address = broker.address();
    const credentials = await accounts.credentials("shop", {}, Math.ceil(Date.now() / 1_000) + 1);
    const nats = { authenticator: credsAuthenticator(credentials), reconnectTimeWait: 1 };
    const server = await serve(t, exampleService(), { nats }, address);
    const client = clientOf(t, address, { nats, timeout: 20_000 });
    await client.connect();
    const ended = new Promise<Error>((resolve) => client.on("disconnect", resolve));
    assert.match((await ended).message, OVER);
    await server.closed;
    assert.match(String(server.log.entries.find(({ level }) => level === "warn")?.details[0]), OVER);
  });
});
