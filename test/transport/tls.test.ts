import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectTcp, createServer as createTcpServer } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { type ConnectionOptions, connect, createServer, type TlsOptions } from "node:tls";
import { untrusted } from "../../src/protocol/limits.ts";
import type { TlsDialOptions, TlsListenOptions } from "../../src/transport/secure.ts";
import { tls } from "../../src/transport/tls.ts";
import { type TransportRows, transportSuite } from "../conformance/transport.ts";
import { makeAuthority, makeCertificate } from "../support/certificates.ts";
import { gone } from "../support/gone.ts";
import { invalidNetworkAddresses } from "../support/network-rows.ts";
import { netstrings, readAll } from "../support/read-all.ts";
import { Recorder } from "../support/recorder.ts";
import { Stage } from "../support/stage.ts";

const [authority, stranger] = await Promise.all([makeAuthority("Authority"), makeAuthority("Stranger")]);
const [server, client, expired, elsewhere, strangeClient, strangeServer] = await Promise.all([
  makeCertificate(authority, { name: "server" }),
  makeCertificate(authority, { name: "client", hosts: ["client.example"] }),
  makeCertificate(authority, { name: "expired", expired: true }),
  makeCertificate(authority, { name: "elsewhere", hosts: ["elsewhere.example"] }),
  makeCertificate(stranger, { name: "client" }),
  makeCertificate(stranger, { name: "server" }),
]);
const ca = authority.cert;

const whereIs = (address: string) => {
  const { hostname, port } = new URL(address);
  return { host: hostname, port: Number(port), allowHalfOpen: true };
};

const rows: TransportRows = {
  name: "tls",
  transport: tls,
  limits: untrusted,
  address: () => "tls://127.0.0.1:0",
  nobody: "ECONNREFUSED",
  dialOptions: () => ({ tls: { ca } }),
  listenOptions: () => ({ tls: server }),
  rawDial: (address) => connect({ ...whereIs(address), ca }),
  ready: "secureConnect",
  rawListen: (address) => {
    const { allowHalfOpen, ...where } = whereIs(address);
    return createServer({ ...server, allowHalfOpen } as TlsOptions).listen(where);
  },
  accepts: "secureConnection",
  invalid: invalidNetworkAddresses("tls"),
};

transportSuite(rows);

describe("tls", { timeout: 30_000 }, () => {
  /** A stage, and its listener with these options. */
  async function listen(test: TestContext, options: TlsListenOptions, address?: string) {
    const stage = new Stage(rows, test);
    const listener = await stage.listen(address, { transport: { tls: options } });
    const dial = (options: TlsDialOptions, to = listener.address) => stage.dial(to, { transport: { tls: options } });
    return { stage, listener, address: listener.address, dial };
  }

  describe("verifies the server", () => {
    for (const [what, listenOptions, dialOptions, code] of [
      ["of an unknown authority", strangeServer, { ca }, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
      ["of no authority that Node.js knows", server, {}, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
      ["that has expired", expired, { ca }, "CERT_HAS_EXPIRED"],
      ["for another host", elsewhere, { ca }, "ERR_TLS_CERT_ALTNAME_INVALID"],
      ["for another name", server, { ca, servername: "elsewhere.example" }, "ERR_TLS_CERT_ALTNAME_INVALID"],
    ] as const) {
      it(`and refuses a certificate ${what}`, async (t) => {
        const { dial, stage } = await listen(t, listenOptions);
        await assert.rejects(dial(dialOptions), { code });
        // What the listener saw of it, it saw go.
        for (const channel of await stage.acceptOrRefuse(1)) {
          const owner = new Recorder(channel);
          await owner.until(() => owner.events.length > 0);
        }
      });
    }

    it("also where the environment says that it need not", async (t) => {
      const { NODE_TLS_REJECT_UNAUTHORIZED: before } = process.env;
      process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
      t.after(() => {
        if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
        else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
      });
      const { dial } = await listen(t, expired);
      await assert.rejects(dial({ ca }), { code: "CERT_HAS_EXPIRED" });
    });

    it("unless told not to, and says what it thinks of it", async (t) => {
      const { dial } = await listen(t, expired);
      const { peer } = await dial({ ca, rejectUnauthorized: false });
      assert.equal(peer.tls?.authorized, false);
      assert.equal(peer.tls?.authorizationError, "CERT_HAS_EXPIRED");
      assert.equal(peer.tls?.certificate?.subject.CN, "expired");
    });

    it("by the name asked for", async (t) => {
      const { dial } = await listen(t, elsewhere);
      const { peer } = await dial({ ca, servername: "elsewhere.example" });
      assert.equal(peer.tls?.authorized, true);
    });

    it("and says who it is", async (t) => {
      const { dial, address } = await listen(t, server);
      const { peer } = await dial({ ca });
      assert.deepEqual([peer.transport, peer.address, peer.port], ["tls", "127.0.0.1", Number(new URL(address).port)]);
      const { authorized, authorizationError, protocol, certificate } = peer.tls ?? assert.fail("no tls");
      assert.deepEqual([authorized, authorizationError, protocol], [true, undefined, "TLSv1.3"]);
      assert.deepEqual({ ...certificate?.subject }, { CN: "server" });
      assert.deepEqual({ ...certificate?.issuer }, { CN: "Authority" });
      assert.match(certificate?.subjectAltName ?? "", /DNS:localhost, IP Address:127\.0\.0\.1/);
      assert.match(certificate?.fingerprint256 ?? "", /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
      assert.match(certificate?.serialNumber ?? "", /^[0-9A-F]+$/);
      assert(new Date(certificate?.validFrom ?? "") < new Date(certificate?.validTo ?? ""));
      assert.equal(peer.tls?.certificate, certificate, "read once");
    });
  });

  describe("verifies the client, where it is told to", () => {
    const asking = { ...server, ca, requestCert: true };

    it("and says who it is, also when it has left", async (t) => {
      const { stage, dial } = await listen(t, asking);
      const [there, here] = await Promise.all([stage.accept(), dial({ ca, ...client })]);
      const owner = new Recorder(there);
      here.destroy();
      await owner.until(() => owner.events.length > 0);
      there.destroy();
      await owner.happened("closed");
      const { authorized, authorizationError, certificate } = there.peer.tls ?? assert.fail("no tls");
      assert.deepEqual([authorized, authorizationError], [true, undefined]);
      assert.equal(certificate?.subject.CN, "client");
      assert.equal(certificate?.subjectAltName, "DNS:client.example");
    });

    for (const [what, dialOptions, code] of [
      ["without a certificate", { ca }, "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE"],
      ["of an unknown authority", { ca, ...strangeClient }, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
      ["whose certificate has expired", { ca, ...expired }, "CERT_HAS_EXPIRED"],
    ] as const) {
      it(`and refuses one ${what}`, async (t) => {
        const { stage, dial } = await listen(t, asking);
        // Under TLS 1.3 the client is done with the handshake before the server has seen its certificate.
        const owner = new Recorder(await dial(dialOptions));
        assert.equal((await stage.refusal()).code, code);
        await owner.until(() => owner.events.length > 0);
        const [there] = await Promise.all([stage.accept(), dial({ ca, ...client })]);
        assert.equal(there.peer.tls?.authorized, true);
      });
    }

    it("and leaves it to the application, where it is told that too", async (t) => {
      const { stage, dial } = await listen(t, { ...asking, rejectUnauthorized: false });
      const [there] = await Promise.all([stage.accept(), dial({ ca, ...strangeClient })]);
      assert.equal(there.peer.tls?.authorized, false);
      assert.equal(there.peer.tls?.authorizationError, "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
      assert.equal(there.peer.tls?.certificate?.subject.CN, "client");
      const [nobody] = await Promise.all([stage.accept(), dial({ ca })]);
      assert.equal(nobody.peer.tls?.authorized, false);
      assert.equal(nobody.peer.tls?.certificate, undefined);
    });

    it("and not otherwise", async (t) => {
      const { stage, dial } = await listen(t, server);
      const [there] = await Promise.all([stage.accept(), dial({ ca, ...client })]);
      const { authorized, authorizationError, certificate } = there.peer.tls ?? assert.fail("no tls");
      assert.deepEqual([authorized, authorizationError, certificate], [false, undefined, undefined]);
    });
  });

  describe("names the host to the server", () => {
    for (const [what, host, options, expected] of [
      ["by its name", "localhost", {}, "localhost"],
      ["not where it is an address", "127.0.0.1", {}, undefined],
      ["as it is told to", "127.0.0.1", { servername: "localhost" }, "localhost"],
    ] as const) {
      it(what, async (t) => {
        let asked: string | undefined;
        const SNICallback: TlsListenOptions["SNICallback"] = (name, done) => {
          asked = name;
          done(null);
        };
        const { stage, dial, address } = await listen(t, { ...server, SNICallback }, `tls://${host}:0`);
        await Promise.all([stage.accept(), dial({ ca, ...options }, address)]);
        assert.equal(asked, expected);
      });
    }
  });

  describe("refuses", () => {
    it("what is no TLS, and lives on", async (t) => {
      const { stage, dial, address } = await listen(t, server);
      const plain = connectTcp(whereIs(address));
      t.after(() => plain.destroy());
      plain.write(netstrings('{"jsonrpc":"2.0","method":"main.echo","id":1}'));
      await gone(plain);
      assert.match((await stage.refusal()).code ?? "", /^ERR_SSL_/);
      await Promise.all([stage.accept(), dial({ ca })]);
    });

    it("a client that hangs up in the handshake", async (t) => {
      const { stage, address } = await listen(t, server);
      const plain = connectTcp(whereIs(address));
      await once(plain, "connect");
      plain.destroy();
      assert.equal((await stage.refusal()).code, "ECONNRESET");
    });

    it("a client that does not begin the handshake in time, and cuts it off", async (t) => {
      const { stage, address } = await listen(t, { ...server, handshakeTimeout: 20 });
      const plain = connectTcp(whereIs(address));
      t.after(() => plain.destroy());
      const cutOff = gone(plain);
      assert.equal((await stage.refusal()).code, "ERR_TLS_HANDSHAKE_TIMEOUT");
      await cutOff;
    });

    it("a client of an old version", async (t) => {
      const { stage, address } = await listen(t, server);
      const old: ConnectionOptions = { ca, minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" };
      const socket = connect({ ...whereIs(address), ...old });
      t.after(() => socket.destroy());
      await assert.rejects(once(socket, "secureConnect"));
      assert.equal((await stage.refusal()).code, "ERR_SSL_UNSUPPORTED_PROTOCOL");
    });
  });

  it("gives up a dial whose handshake does not go on, and nothing is left of it", async (t) => {
    const silent = createTcpServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
    t.after(() => silent.close());
    await once(silent, "listening");
    const { port } = silent.address() as { port: number };
    const controller = new AbortController();
    const dial = new Stage(rows, t).dial(`tls://127.0.0.1:${port}`, controller);
    const [socket] = await once(silent, "connection");
    t.after(() => socket.destroy());
    await once(socket, "data");
    const reason = new Error("no patience");
    controller.abort(reason);
    await assert.rejects(dial, reason);
    await gone(socket);
  });

  it("does not take a server that hangs up in the handshake for a connection", async (t) => {
    const rude = createTcpServer((socket) => socket.once("data", () => socket.destroy())).listen(0, "127.0.0.1");
    t.after(() => rude.close());
    await once(rude, "listening");
    const { port } = rude.address() as { port: number };
    await assert.rejects(new Stage(rows, t).dial(`tls://127.0.0.1:${port}`), { code: "ECONNRESET" });
  });

  it("ends handshakes that are under way when the listener is closed, and accepts none of them", async (t) => {
    const { stage, listener, address } = await listen(t, server);
    const plain = connectTcp(whereIs(address));
    t.after(() => plain.destroy());
    const cutOff = gone(plain);
    const done = connect({ ...whereIs(address), ca });
    t.after(() => done.destroy());
    const there = await stage.accept();
    await listener.close();
    await cutOff;
    await stage.refusal();
    // The one that was accepted lives on.
    done.write(netstrings("1"));
    await new Recorder(there).received(1);
    assert.deepEqual(await stage.acceptOrRefuse(0), []);
  });

  for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
    it(`answers a peer that half-closes, under ${maxVersion}`, async (t) => {
      const { stage, address } = await listen(t, { ...server, maxVersion });
      const raw = connect({ ...whereIs(address), ca });
      t.after(() => raw.destroy());
      raw.end(netstrings("1"));
      const owner = new Recorder(await stage.accept());
      await owner.happened("ended");
      assert.equal(owner.channel.peer.tls?.protocol, maxVersion);
      const texts = Array.from({ length: 100 }, (_, at) => JSON.stringify(String(at).repeat(10_000)));
      for (const text of texts) owner.channel.send(text);
      owner.channel.close();
      assert.equal(await readAll(raw), netstrings(...texts));
      await owner.happened("closed");
      assert.equal(owner.reason, undefined);
    });
  }

  describe("wants options that make sense", () => {
    for (const [what, options, message] of [
      ["no certificate", {}, /expected the server's certificate and key/],
      ["no key", { cert: server.cert }, /expected the server's certificate and key/],
      ["undefined for a key", { cert: server.cert, key: undefined }, /expected the server's certificate and key/],
      ["a certificate that is no PEM", { ...server, cert: "none" }, /PEM/i],
      ["another certificate's key", { ...server, key: client.key }, /key values mismatch/],
      ["a string", "none", /expected an object as the option tls, got string/],
      ["a port", { ...server, port: 7443 }, /expected no port in the option tls/],
    ] as const) {
      it(`to listen: ${what}`, async (t) => {
        await assert.rejects(new Stage(rows, t).listen(undefined, { transport: { tls: options } }), { message });
      });
    }

    it("to dial", async (t) => {
      const { address, dial } = await listen(t, server);
      await assert.rejects(dial({ ca, key: "none", cert: "none" }), /PEM/i);
      await assert.rejects(new Stage(rows, t).dial(address, { transport: { tls: { socket: {} } } }), TypeError);
    });

    it("and takes what is undefined for not said", async (t) => {
      const { dial } = await listen(t, server);
      const nothing = { rejectUnauthorized: undefined, minVersion: undefined } as unknown as TlsDialOptions;
      await assert.rejects(dial(nothing), { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
    });
  });
});
