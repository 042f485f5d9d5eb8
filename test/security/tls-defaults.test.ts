import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { before, describe, it, type TestContext } from "node:test";
import { connect, createServer, type SecureVersion } from "node:tls";
import { DialError } from "../../src/connection/errors/dial-error.ts";
import { Service } from "../../src/service/service.ts";
import { type Certificate, makeAuthority, makeCertificate } from "../support/certificates.ts";
import { cleanUp } from "../support/cleanup.ts";
import { clientOf, serve } from "../support/served.ts";
import { rejection } from "../support/settling.ts";

let authority: Certificate;
let certificate: Certificate;
let strange: Certificate;
let expired: Certificate;
let elsewhere: Certificate;
before(async () => {
  authority = await makeAuthority("ours");
  certificate = await makeCertificate(authority, { name: "server" });
  strange = await makeCertificate(await makeAuthority("nobody's"), { name: "server" });
  expired = await makeCertificate(authority, { name: "server", expired: true });
  elsewhere = await makeCertificate(authority, { name: "server", hosts: ["elsewhere.example"] });
});

const old = { maxVersion: "TLSv1.1", minVersion: "TLSv1", ciphers: "ALL:@SECLEVEL=0" } as const;

for (const [scheme, path] of [
  ["tls", ""],
  ["wss", "/rpc"],
] as const) {
  const dial = (t: TestContext, address: string, tls: object = {}) =>
    clientOf(t, address, { tls: { ca: authority.cert, ...tls } }).call("echo", ["x"]);
  const listening = async (t: TestContext, { cert, key }: Certificate, tls: object = {}) => {
    const service = new Service().addMethod("echo", (value: unknown) => value);
    const server = await serve(t, service, { tls: { cert, key, ...tls } }, `${scheme}://localhost:0${path}`);
    return server.address;
  };

  describe(`by default, a client of ${scheme}:`, () => {
    for (const [whose, pick, code] of [
      [
        "nobody vouches for",
        () => strange,
        "SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|unable to verify",
      ],
      ["has run out", () => expired, "CERT_HAS_EXPIRED|expired"],
      ["is somebody else's", () => elsewhere, "ERR_TLS_CERT_ALTNAME_INVALID|does not match"],
    ] as const) {
      it(`does not call a server whose certificate ${whose}`, async (t) => {
        const error = await rejection(dial(t, await listening(t, pick())), DialError);
        assert.match(`${(error.cause as NodeJS.ErrnoException).code} ${error.message}`, new RegExp(code));
      });
    }

    it("does so whatever the environment says", async (t) => {
      const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
      cleanUp(t, () => {
        if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
        else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
      });
      await rejection(dial(t, await listening(t, strange)), DialError);
    });

    it("speaks no TLS before 1.2", async (t) => {
      const { cert, key } = certificate;
      const server = createServer({ cert, key, ...old });
      server.listen(0, "localhost");
      await once(server, "listening");
      cleanUp(t, () => server.close());
      const address = `${scheme}://localhost:${(server.address() as AddressInfo).port}${path}`;
      await rejection(dial(t, address), DialError);
    });

    it("never falls back to a server that speaks none", async (t) => {
      const plain = scheme === "tls" ? "tcp://localhost:0" : "ws://localhost:0/rpc";
      const server = await serve(
        t,
        new Service().addMethod("echo", (value: unknown) => value),
        {},
        plain,
      );
      await rejection(dial(t, server.address.replace(/^\w+:/, `${scheme}:`)), DialError);
    });

    it("calls a server that is who it says", async (t) => {
      assert.equal(await dial(t, await listening(t, certificate)), "x");
    });
  });

  describe(`by default, a server of ${scheme}:`, () => {
    const handshake = async (t: TestContext, address: string, versions: object) => {
      const { port } = new URL(address);
      const socket = connect({ port: Number(port), host: "localhost", ca: authority.cert, ...versions });
      cleanUp(t, () => socket.destroy());
      await once(socket, "secureConnect");
      return socket.getProtocol();
    };

    it("speaks no TLS before 1.2", async (t) => {
      const address = await listening(t, certificate, { ciphers: old.ciphers });
      await assert.rejects(handshake(t, address, old), { code: /ERR_SSL|ECONNRESET|EPROTO/ });
    });

    for (const version of ["TLSv1.2", "TLSv1.3"] as SecureVersion[]) {
      it(`speaks ${version}`, async (t) => {
        const address = await listening(t, certificate);
        assert.equal(await handshake(t, address, { minVersion: version, maxVersion: version }), version);
      });
    }
  });
}
