/** One suite of what users rely on, over every address. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { loaders } from "../../src/transport/loaders.ts";
import { type CallRows, callSuite } from "../conformance/calls.ts";
import { type Certificate, makeAuthority, makeCertificate } from "../support/certificates.ts";
import { Broker, withoutNats } from "../support/nats.ts";
import { temporaryDirectory } from "../support/temporary.ts";

let authority: Certificate;
let certificate: Certificate;
before(async () => {
  authority = await makeAuthority("calls");
  certificate = await makeCertificate(authority, { name: "server" });
});

const broker = withoutNats ? undefined : await Broker.start({ after });

const tls = {
  serverOptions: () => ({ tls: { cert: certificate.cert, key: certificate.key } }),
  clientOptions: () => ({ tls: { ca: authority.cert } }),
};

const over: Readonly<Record<string, readonly CallRows[]>> = {
  tcp: ["netstring", "content-length", "newline"].map((framing) => ({
    name: `tcp by ${framing}`,
    address: () => `tcp://127.0.0.1:0?framing=${framing}`,
    pushes: true,
  })),
  tls: [{ name: "tls", address: () => "tls://localhost:0", ...tls, pushes: true }],
  unix: [{ name: "a unix socket", address: (t) => `unix:${temporaryDirectory(t)}/s.sock`, pushes: true }],
  ws: [{ name: "WebSocket", address: () => "ws://127.0.0.1:0/rpc", pushes: true }],
  wss: [{ name: "WebSocket over TLS", address: () => "wss://localhost:0/rpc", ...tls, pushes: true }],
  http: [{ name: "HTTP", address: () => "http://127.0.0.1:0/rpc", pushes: false }],
  https: [{ name: "HTTPS", address: () => "https://localhost:0/rpc", ...tls, pushes: false }],
  nats: [{ name: "NATS", address: () => broker?.address() ?? "", pushes: false }],
};

/** Those that are not here, and what stands for them. */
const elsewhere = {
  stdio: "stdio-dial.test.ts and stdio-serve.test.ts: one end is another process",
};

for (const [scheme, rows] of Object.entries(over)) {
  if (scheme === "nats") describe("by a broker", { skip: withoutNats }, () => rows.forEach(callSuite));
  else if (scheme !== "unix" || process.platform !== "win32") for (const one of rows) callSuite(one);
}

test("no transport is left out", () => {
  assert.deepEqual(Object.keys({ ...over, ...elsewhere }).sort(), [...loaders.keys()].sort());
});
