/**
 * Mutual TLS: the server shows a certificate, and so does each client; a method sees whose it is, and who has none that the
 * server's authority signed gets no connection.
 *
 * In earnest the certificates come from files, and the authority's key is on neither machine. Run it with
 * `npx tsx examples/mutual-tls.ts`.
 */
import { generate } from "selfsigned";
import { type CallContext, Client, listen, RpcError, Service } from "tsjason";

const authority = await makeAuthority();
const [server, anna] = [await makeCertificate("server"), await makeCertificate("anna")];
const stranger = await generate([{ name: "commonName", value: "anna" }]);

const service = new Service().addMethod("whoAmI", whoAmI, { context: true });
const listening = await listen(service, "tls://localhost:0", {
  tls: { ...server, ca: authority.cert, requestCert: true },
  // Whom it does not let in, it says; here that is the point.
  logger: { debug() {}, info() {}, warn: (text) => console.log(`server: ${text}`), error: console.error },
});

const client = new Client(listening.address, { tls: { ...anna, ca: authority.cert } });
console.log(await client.call("whoAmI"));
await client.close();

const { cert, private: key } = stranger;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const other = new Client(listening.address, { tls: { cert, key, ca: authority.cert }, logger: quiet });
await other.call("whoAmI").catch((error) => console.log(`the stranger: ${error.name}`));
await other.close();
await listening.close();

function whoAmI({ connection }: CallContext): string {
  const { certificate, authorized } = connection?.peer.tls ?? {};
  if (!authorized || !certificate) throw new RpcError(401, "Who are you?");
  return `you are ${certificate.subject.CN}`;
}

async function makeAuthority(): Promise<{ cert: string; key: string }> {
  const made = await generate([{ name: "commonName", value: "the authority" }], {
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, critical: true },
    ],
  });
  return { cert: made.cert, key: made.private };
}

async function makeCertificate(name: string): Promise<{ cert: string; key: string }> {
  const made = await generate([{ name: "commonName", value: name }], {
    ca: authority,
    extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] }],
  });
  return { cert: made.cert, key: made.private };
}
