/** One suite of what users rely on, over every address. */
import { before } from "node:test";
import { callSuite } from "../conformance/calls.ts";
import { type Certificate, makeAuthority, makeCertificate } from "../support/certificates.ts";
import { temporaryDirectory } from "../support/temporary.ts";

let authority: Certificate;
let certificate: Certificate;
before(async () => {
  authority = await makeAuthority("calls");
  certificate = await makeCertificate(authority, { name: "server" });
});

const tls = {
  serverOptions: () => ({ tls: { cert: certificate.cert, key: certificate.key } }),
  clientOptions: () => ({ tls: { ca: authority.cert } }),
};

for (const framing of ["netstring", "content-length", "newline"]) {
  callSuite({ name: `tcp by ${framing}`, address: () => `tcp://127.0.0.1:0?framing=${framing}`, pushes: true });
}
callSuite({ name: "tls", address: () => "tls://localhost:0", ...tls, pushes: true });
if (process.platform !== "win32") {
  callSuite({ name: "a unix socket", address: (t) => `unix:${temporaryDirectory(t)}/s.sock`, pushes: true });
}
callSuite({ name: "WebSocket", address: () => "ws://127.0.0.1:0/rpc", pushes: true });
callSuite({ name: "WebSocket over TLS", address: () => "wss://localhost:0/rpc", ...tls, pushes: true });
callSuite({ name: "HTTP", address: () => "http://127.0.0.1:0/rpc", pushes: false });
