// A user's program in TypeScript: compiled against the packed package and run by plain Node.js (see package.test.ts).
import assert from "node:assert/strict";
import { createServer } from "node:http";
import {
  type ApiOf,
  Client,
  defineError,
  exportRpc,
  isRpcError,
  listen,
  method,
  RpcError,
  Server,
  Service,
  type StandardSchema,
} from "tsjason";
import * as framing from "tsjason/framing";
import { fetchHandler } from "tsjason/http";
import { compareDocuments, generateTypes, type OpenRpcDocument } from "tsjason/openrpc";
import { connectSync } from "tsjason/sync";
import * as testing from "tsjason/testing";
import { webSocketsOn } from "tsjason/websocket";

class Calculator {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  @exportRpc()
  sum(a: number, b: number): number {
    return a + b;
  }

  @exportRpc("whoami")
  async describe(): Promise<string> {
    return this.#name;
  }

  @exportRpc()
  refuse(): never {
    throw new RpcError(7, "not today");
  }

  notExported(): string {
    return "a secret";
  }
}

class Subtracting extends Calculator {
  @exportRpc()
  difference(a: number, b: number): number {
    return a - b;
  }

  // Keeps the export it overrides.
  override sum(a: number, b: number): number {
    return super.sum(a, b) + 1000;
  }
}

const service = new Service();
service.addHandler(new Calculator("plain"), { namespace: "plain" });
service.addHandler(new Subtracting("subtracting"), { namespace: "sub" });
service.addMethod("sum", (a: number, b: number) => a + b);

const aNumber: StandardSchema<number> = {
  "~standard": {
    version: 1,
    vendor: "by hand",
    validate: (value) => (typeof value === "number" ? { value } : { issues: [{ message: "no number" }] }),
  },
};
export const Odd = defineError({ code: 1, message: "Odd", data: aNumber });
export const math = {
  half: method({ params: [{ n: aNumber }], result: aNumber, errors: [Odd] }, (n) => {
    if (n % 2 === 1) throw Odd(n);
    return n / 2;
  }),
};
service.addMethods(math, { namespace: "math" });
export const half = (caller: Client<ApiOf<typeof math, "math">>, n: number) => caller.call("math.half", { n });

const answer = await service.handle('{"jsonrpc":"2.0","id":1,"method":"sum","params":[1,2]}');
assert.deepEqual(JSON.parse(answer ?? ""), { jsonrpc: "2.0", id: 1, result: 3 });

const server = await listen(service, "tcp://127.0.0.1:0");
const client = new Client(String(server.address));
assert.equal(await client.call("plain.sum", [1, 2]), 3);
assert.equal(await client.call("plain.whoami", []), "plain");
assert.equal(await half(client as never, 4), 2);
assert.equal(await half(client as never, 3).catch((error) => isRpcError(error, Odd) && error.data), 3);
assert.equal(await client.call("sub.sum", [1, 2]), 1003);
assert.equal(await client.call("sub.difference", [3, 2]), 1);
await assert.rejects(client.call("plain.refuse", []), { code: 7, message: "not today" });
await assert.rejects(client.call("plain.notExported", []), { code: -32601 });
await client.close();
await server.close();

const http = createServer();
const attached = new Server(service);
attached.attach(webSocketsOn(http, { path: "/rpc", authorize: ({ headers }) => headers.authorization }));
await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
const overWebSocket = new Client(attached.address, { ws: { headers: { authorization: "Bearer abc" } } });
assert.equal(await overWebSocket.call("plain.sum", [1, 2]), 3);
await overWebSocket.close();
await attached.close();
http.close();

assert.ok(Object.keys(framing).length > 0);
assert.ok(Object.keys(testing).length > 0);
const handled = await fetchHandler(service)(new Request("http://localhost/", { method: "POST" }));
assert.equal(handled.status, 415);

const telling = new Service({ discover: true }).addMethod("sum", (a: number, b: number) => a + b);
const discovered = JSON.parse(String(telling.handle('{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}')));
const document: OpenRpcDocument = discovered.result;
assert.match(generateTypes(document), /^export interface Api/m);
assert.deepEqual(compareDocuments(document, document), []);
assert.throws(() => connectSync<{ sum(a: number): number }>("tcp://127.0.0.1:1").call("sum", [1]), {
  name: "DialError",
});
console.log("all well");
