/** The W3C trace context on the wire: what is sent, what is read, and what is left alone. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseMessage } from "../../src/protocol/parse.ts";
import type { TraceContext } from "../../src/protocol/trace-context.ts";
import type { CallContext } from "../../src/service/context.ts";
import { Service } from "../../src/service/service.ts";
import { joined, scripted } from "../support/scripted-peer.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";
const traceparent = `00-${TRACE}-${SPAN}-01`;
const tracestate = "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE";

/** A service whose one method answers the trace context it sees. */
function mirror(options: ConstructorParameters<typeof Service>[0] = { trace: true }): Service {
  return new Service(options).addMethod("trace", ({ trace }: CallContext) => trace ?? "none", { context: true });
}

function ask(service: Service, members: object): unknown {
  const answer = service.handle(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "trace", ...members }));
  return JSON.parse(String(answer)).result;
}

describe("a service with trace", () => {
  test("shows the handler what the request carries", () => {
    assert.deepEqual(ask(mirror(), { traceparent }), { traceparent });
    assert.deepEqual(ask(mirror(), { traceparent, tracestate, params: [] }), { traceparent, tracestate });
    assert.deepEqual(ask(mirror(), {}), "none");
  });

  test("shows it for members of a batch and notifications, each its own", () => {
    const seen: unknown[] = [];
    const service = new Service({ trace: true }).use(({ context }, next) => {
      seen.push(context.trace?.traceparent);
      return next();
    });
    const other = traceparent.replace(/1$/, "0");
    const members = [
      { jsonrpc: "2.0", id: 1, method: "a", traceparent },
      { jsonrpc: "2.0", method: "b", traceparent: other },
      { jsonrpc: "2.0", id: 2, method: "c" },
    ];
    service.handle(JSON.stringify(members));
    assert.deepEqual(seen, [traceparent, other, undefined]);
  });

  const later = (rest: string) => `01-${TRACE}-${SPAN}-01${rest}`;
  for (const good of [later(""), later("-more"), `fe-${TRACE}-${SPAN}-ff-`]) {
    test(`takes ${good}, of a later version`, () => {
      assert.deepEqual(ask(mirror(), { traceparent: good }), { traceparent: good });
    });
  }

  for (const [what, bad] of [
    ["no text", 7],
    ["null", null],
    ["an object", { traceparent }],
    ["an array that reads like one", [traceparent]],
    ["nothing in it", ""],
    ["capitals", traceparent.toUpperCase()],
    ["a trace of zeros", `00-${"0".repeat(32)}-${SPAN}-01`],
    ["a span of zeros", `00-${TRACE}-${"0".repeat(16)}-01`],
    ["the version that there is never", `ff-${TRACE}-${SPAN}-01`],
    ["more than version 00 has", `${traceparent}-more`],
    ["a line break behind it", `${traceparent}\n`],
    ["space around it", ` ${traceparent} `],
    ["digits of another script", traceparent.replace("4", "\u0664")],
    ["a megabyte", `${later("-")}${"x".repeat(1_000_000)}`],
  ] as const) {
    test(`ignores a traceparent with ${what}, and the call goes on`, () => {
      assert.equal(ask(mirror(), { traceparent: bad, tracestate }), "none");
    });
  }

  for (const [what, bad] of [
    ["no text", ["rojo=1"]],
    ["nothing in it", ""],
    ["a control character", "rojo=1\u0000"],
    ["something that is not ASCII", "rojo=\u00e9"],
    ["more than 512 characters", `rojo=${"x".repeat(512)}`],
    ["more than 32 members", Array.from({ length: 33 }, (_, i) => `a${i}=1`).join()],
  ] as const) {
    test(`drops a tracestate with ${what}, and keeps the rest`, () => {
      assert.deepEqual(ask(mirror(), { traceparent, tracestate: bad }), { traceparent });
    });
  }

  test("takes only members of the request itself", () => {
    const text = `{"jsonrpc":"2.0","id":1,"method":"trace","__proto__":{"traceparent":"${traceparent}"}}`;
    assert.equal(JSON.parse(String(mirror().handle(text))).result, "none");
  });
});

test("a service without trace shows nothing, and serves the call as any", () => {
  assert.equal(ask(mirror({}), { traceparent, tracestate }), "none");
});

test("a request is the same message with and without it, whatever place it has", () => {
  const plain = parseMessage('{"jsonrpc":"2.0","id":1,"method":"m","params":[1]}', 1);
  for (const text of [
    `{"jsonrpc":"2.0","id":1,"traceparent":"${traceparent}","method":"m","params":[1]}`,
    `{"traceparent":"${traceparent}","jsonrpc":"2.0","id":1,"method":"m","params":[1]}`,
    `{"jsonrpc":"2.0","id":1,"method":"m","params":[1],"traceparent":"${traceparent}"}`,
  ]) {
    assert.deepEqual(parseMessage(text, 1), { ...plain, trace: { traceparent } });
  }
});

describe("a call with trace", () => {
  const trace: TraceContext = { traceparent, tracestate };

  test("carries it beside its method, and nothing unless it was asked to", async () => {
    const { connection, peer } = scripted();
    const calls = [
      connection.call("plain", [1]),
      connection.call("traced", [1], { trace }),
      connection.call("traced", undefined, { trace: { traceparent } }),
    ];
    void connection.notify("noted", { a: 1 }, { trace });
    await peer.received(4);
    assert.deepEqual(
      peer.messages.map((text) => JSON.parse(text)),
      [
        { jsonrpc: "2.0", id: 1, method: "plain", params: [1] },
        { jsonrpc: "2.0", id: 2, ...trace, method: "traced", params: [1] },
        { jsonrpc: "2.0", id: 3, traceparent, method: "traced" },
        { jsonrpc: "2.0", ...trace, method: "noted", params: { a: 1 } },
      ],
    );
    for (const id of [1, 2, 3]) peer.answer(id, 0);
    await Promise.all(calls);
  });

  test("of a batch is in each of its requests", async () => {
    const { connection, peer } = scripted();
    const batch = connection.batch();
    void batch.call("a");
    void batch.notify("b");
    const done = batch.send({ trace });
    await peer.received(1);
    const members = JSON.parse(peer.messages[0] ?? "") as TraceContext[];
    assert.deepEqual(
      members.map(({ traceparent, tracestate }) => ({ traceparent, tracestate })),
      [trace, trace],
    );
    peer.say([{ jsonrpc: "2.0", id: 1, result: 0 }]);
    await done;
  });

  for (const bad of [{}, { traceparent: "made up" }, { tracestate }, { traceparent: 7 }]) {
    test(`that is none is not sent: ${JSON.stringify(bad)}`, async () => {
      const { connection, peer } = scripted();
      const call = connection.call("m", [], { trace: bad as Partial<TraceContext> });
      await peer.received(1);
      assert.equal(peer.messages[0], '{"jsonrpc":"2.0","id":1,"method":"m","params":[]}');
      peer.answer(1, 0);
      await call;
    });
  }

  test("arrives, also set by a middleware or for one attempt", async () => {
    const { left } = joined({}, { service: mirror() });
    assert.deepEqual(await left.call("trace", [], { trace }), trace);
    left.use((_call, next) => next({ trace: { traceparent } }));
    assert.deepEqual(await left.call("trace"), { traceparent });
  });

  test("arrives in JSON-RPC 1.0 too, where a peer that knows nothing of it leaves it alone", async () => {
    const { connection, peer } = scripted({ version: "1.0" });
    const call = connection.call("m", [], { trace: { traceparent } });
    await peer.received(1);
    assert.deepEqual(JSON.parse(peer.messages[0] ?? ""), { id: 1, traceparent, method: "m", params: [] });
    peer.answer(1, "fine");
    assert.equal(await call, "fine");
  });
});
