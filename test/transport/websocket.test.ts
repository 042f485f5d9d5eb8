import { connect } from "node:net";
import { connect as connectSecurely } from "node:tls";
import { untrusted } from "../../src/protocol/limits.ts";
import { webSocket } from "../../src/transport/websocket.ts";
import { type TransportRows, transportSuite } from "../conformance/transport.ts";
import { makeAuthority, makeCertificate } from "../support/certificates.ts";
import { frame, upgrading } from "../support/raw-websocket.ts";

const authority = await makeAuthority("Authority");
const certificate = await makeCertificate(authority, { name: "server" });
const ca = authority.cert;

const whereIs = (address: string) => {
  const { hostname, port } = new URL(address);
  return { host: hostname, port: Number(port) };
};

/* What no WebSocket address can be. A scheme of the web's has its URLs read strictly: the rest of what is wrong with a
 * host or a port is seen by `parseAddress` already. */
const invalid = (scheme: string): TransportRows["invalid"] => [
  [`${scheme}://user@localhost:7080`, /expected no user and no password/],
  [`${scheme}://user:secret@localhost:7080`, /expected no user and no password/],
  [`${scheme}://localhost:7080/rpc#here`, /expected no fragment, got "#here"/],
  [`${scheme}://256.0.0.1:7080`, /no address/],
  [`${scheme}://a b:7080`, /no address/],
  [`${scheme}://`, /no address/],
];

const ws: TransportRows = {
  name: "ws",
  transport: webSocket,
  limits: untrusted,
  address: () => "ws://127.0.0.1:0/rpc",
  nobody: "ECONNREFUSED",
  rawDial: (address) => upgrading(connect(whereIs(address)), "connect", address),
  ready: "upgraded",
  message: frame,
  invalid: invalid("ws"),
};

const wss: TransportRows = {
  ...ws,
  name: "wss",
  address: () => "wss://127.0.0.1:0/rpc",
  dialOptions: () => ({ tls: { ca } }),
  listenOptions: () => ({ tls: certificate }),
  rawDial: (address) => upgrading(connectSecurely({ ...whereIs(address), ca }), "secureConnect", address),
  invalid: invalid("wss"),
};

transportSuite(ws);
transportSuite(wss);
