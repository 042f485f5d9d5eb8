/**
 * A connection that is authenticated once: the client brings a token with its request for a WebSocket, the server decides
 * about it before there is a connection, and every method sees whose it is.
 *
 * Run it with `npx tsx examples/authenticated.ts`. Where others can listen, take `wss:`.
 */
import { timingSafeEqual } from "node:crypto";
import { type CallContext, Client, HttpStatusError, listen, type RequestHead, Service } from "tsjason";

interface User {
  readonly name: string;
}

const tokens = new Map([[Buffer.from("a-long-random-text"), { name: "anna" }]]);
const quiet = { debug() {}, info() {}, warn() {}, error: console.error };

/** What it returns is what methods find as `peer.http.auth`. It may be async; how long it may take is a limit. */
function authorize({ headers }: RequestHead): User {
  const given = Buffer.from(/^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1] ?? "");
  for (const [token, user] of tokens) {
    // In as much time whatever the token is, which could be told from it otherwise.
    if (given.length === token.length && timingSafeEqual(given, token)) return user;
  }
  throw new HttpStatusError(401, "a token is needed", { headers: { "www-authenticate": "Bearer" } });
}

const service = new Service().addMethod(
  "whoAmI",
  ({ connection }: CallContext) => `you are ${(connection?.peer.http?.auth as User | undefined)?.name}`,
  { context: true },
);
const server = await listen(service, "ws://127.0.0.1:0/rpc", { ws: { authorize }, logger: quiet });

for (const token of ["a-long-random-text", "a-guess"]) {
  const headers = { authorization: `Bearer ${token}` };
  const client = new Client(server.address, { ws: { headers }, logger: quiet });
  const said = await client.call("whoAmI").catch((error) => `${error.name}: ${error.cause.status}`);
  console.log(said);
  await client.close();
}
await server.close();
