import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { fromErrorObject } from "../../src/protocol/errors/from-error-object.ts";
import { RpcError } from "../../src/protocol/errors/rpc-error.ts";
import { resolveLimits, untrusted } from "../../src/protocol/limits.ts";
import { parseMessage } from "../../src/protocol/parse.ts";
import type { CallContext } from "../../src/service/context.ts";
import { Service } from "../../src/service/service.ts";
import { parametersOf, parseAddress } from "../../src/transport/address.ts";
import { attack, callText, everywhere } from "../support/hostile.ts";
import { post, rawHttp, readUntil } from "../support/http.ts";
import { scripted } from "../support/scripted-peer.ts";
import { serve } from "../support/served.ts";
import { rejection } from "../support/settling.ts";

/* What pollutes where something is merged without a thought. As texts, since in a literal it would set the prototype. */
const poisons = [
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"a":{"__proto__":{"polluted":true}},"__proto__":{"__proto__":{"polluted":true}}}',
  '{"__proto__":[]}',
  '{"__proto__":null}',
];

/** Nobody's prototype has anything new, or anything changed. */
const known = [
  Object.prototype,
  Array.prototype,
  Function.prototype,
  String.prototype,
  Error.prototype,
  Promise.prototype,
];
const before = known.map((prototype) => Reflect.ownKeys(prototype).length);
afterEach(() => {
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  assert.deepEqual(
    known.map((prototype) => Reflect.ownKeys(prototype).length),
    before,
  );
});

function echoing(): Service {
  return new Service()
    .addMethod("echo", (value: unknown) => value)
    .addMethod("named", (a: unknown, b: unknown) => [a, b], { params: ["a?", "b?"] })
    .addMethod("toString", () => "a method of that name");
}

everywhere("messageBytes", (row) => {
  it("no params, ids or names of methods change any prototype, and params come back as they went", async (t) => {
    const { peer } = await attack(t, row, "untrusted", { service: echoing() });
    const caller = await peer();
    for (const poison of poisons) {
      const call = (id: string, method: string, params: string) =>
        `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${params}}`;
      caller.say(call("1", "echo", `[${poison}]`));
      assert.deepEqual((await caller.inbox.next()).result, JSON.parse(poison));
      caller.say(call("1", "echo", poison));
      await caller.inbox.next();
      caller.say(call("1", "named", poison));
      await caller.inbox.next();
      caller.say(call(poison, "echo", "[1]"));
      assert.equal((await caller.inbox.next()).error?.code, -32600);
      caller.say(`[${call("1", "echo", `[${poison}]`)},${poison}]`);
      await caller.inbox.batch();
      caller.say(poison);
      assert.equal((await caller.inbox.next()).error?.code, -32600);
    }
    for (const method of ["__proto__", "constructor", "hasOwnProperty", "valueOf", "__defineGetter__"]) {
      caller.say(callText(1, method, [{}]));
      assert.equal((await caller.inbox.next()).error?.code, -32601, method);
    }
    caller.say('{"__proto__":{"jsonrpc":"2.0","method":"echo","id":1}}');
    assert.equal((await caller.inbox.next()).error?.code, -32600, "members of a prototype are no members");
    caller.say(callText("__proto__", "echo", ["an id is only an id"]));
    assert.deepEqual((await caller.inbox.next()).id, "__proto__");
  });
});

describe("no prototype is changed by", () => {
  it("results and error data", async () => {
    for (const poison of poisons) {
      const { connection, peer } = scripted();
      const call = connection.call("m");
      const { id } = await peer.inbox.next();
      peer.sayText(`{"jsonrpc":"2.0","id":${id},"result":${poison}}`);
      assert.deepEqual(await call, JSON.parse(poison));
      const failing = rejection(connection.call("m"), RpcError);
      const { id: next } = await peer.inbox.next();
      peer.sayText(
        `{"jsonrpc":"2.0","id":${next},"error":{"code":1,"message":"m","data":${poison},"__proto__":${poison}}}`,
      );
      assert.deepEqual((await failing).data, JSON.parse(poison));
      assert.equal(fromErrorObject(JSON.parse(`{"code":-32000,"message":"m","data":${poison}}`)).code, -32000);
      parseMessage(poison, 10);
      connection.destroy();
    }
  });

  it("parameters of addresses", () => {
    for (const name of ["__proto__", "constructor", "toString"]) {
      const address = parseAddress(`tcp://127.0.0.1:1?${name}=polluted&__proto__[polluted]=true`);
      assert.throws(() => parametersOf(address, ["framing"]), /expected framing/);
      const parameters = parametersOf(parseAddress(`tcp://127.0.0.1:1?${name}=polluted`), [name]);
      assert.equal(parameters.get(name), "polluted");
    }
  });

  it("headers, and who asks for one that is not there gets none", async (t) => {
    let seen: CallContext | undefined;
    const service = new Service().addMethod(
      "see",
      (context: CallContext) => {
        seen = context;
      },
      { context: true },
    );
    const server = await serve(t, service, {}, "http://127.0.0.1:0/rpc");
    const socket = await rawHttp(t, server.address);
    socket.write(post(callText(1, "see"), "__proto__: polluted\r\nconstructor: polluted\r\n"));
    await readUntil(socket, (text) => text.includes("\r\n\r\n"));
    const headers = seen?.connection?.peer.http?.headers;
    assert.equal(headers?.polluted, undefined);
    assert.equal(headers?.authorization, undefined);
  });

  it("options that came as JSON", () => {
    for (const poison of poisons) {
      // An unknown limit is an error; a prototype is no limit.
      try {
        assert.equal(resolveLimits(JSON.parse(poison), untrusted).inFlight, untrusted.inFlight);
      } catch (error) {
        assert(error instanceof RangeError);
      }
    }
  });
});
