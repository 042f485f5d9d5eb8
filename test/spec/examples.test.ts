/** The examples of the JSON-RPC 2.0 specification, section 7, in its order. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Service } from "../../src/service/service.ts";
import { askOver, check, type Row, silent } from "./rows.ts";

function makeService(notified: unknown[] = []): Service {
  const note =
    (name: string) =>
    (...args: unknown[]) => {
      notified.push([name, ...args]);
    };
  return new Service({ logger: silent })
    .addMethod("subtract", (minuend: number, subtrahend: number) => minuend - subtrahend, {
      params: ["minuend", "subtrahend"],
    })
    .addMethod("sum", (...values: number[]) => values.reduce((a, b) => a + b), { params: ["...values"] })
    .addMethod("get_data", () => ["hello", 5])
    .addMethod("update", note("update"), { params: ["...values"] })
    .addMethod("notify_hello", note("notify_hello"), { params: ["...values"] })
    .addMethod("notify_sum", note("notify_sum"), { params: ["...values"] });
}

const rows: readonly Row[] = [
  {
    name: "params by position",
    sent: '{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}',
    answered: '{"jsonrpc": "2.0", "result": 19, "id": 1}',
  },
  {
    name: "params by position, the other way round",
    sent: '{"jsonrpc": "2.0", "method": "subtract", "params": [23, 42], "id": 2}',
    answered: '{"jsonrpc": "2.0", "result": -19, "id": 2}',
  },
  {
    name: "params by name",
    sent: '{"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23, "minuend": 42}, "id": 3}',
    answered: '{"jsonrpc": "2.0", "result": 19, "id": 3}',
  },
  {
    name: "params by name, in another order",
    sent: '{"jsonrpc": "2.0", "method": "subtract", "params": {"minuend": 42, "subtrahend": 23}, "id": 4}',
    answered: '{"jsonrpc": "2.0", "result": 19, "id": 4}',
  },
  {
    name: "a notification",
    sent: '{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}',
    answered: undefined,
  },
  {
    name: "a notification of an unknown method, without params",
    sent: '{"jsonrpc": "2.0", "method": "foobar"}',
    answered: undefined,
  },
  {
    name: "an unknown method",
    sent: '{"jsonrpc": "2.0", "method": "foobar", "id": "1"}',
    answered: '{"jsonrpc": "2.0", "error": {"code": -32601, "message": "Method not found"}, "id": "1"}',
  },
  {
    name: "no JSON",
    sent: '{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]',
    answered: '{"jsonrpc": "2.0", "error": {"code": -32700, "message": "Parse error"}, "id": null}',
  },
  {
    name: "no request",
    sent: '{"jsonrpc": "2.0", "method": 1, "params": "bar"}',
    answered: '{"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}',
  },
  {
    name: "a batch that is no JSON",
    sent: `[
      {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
      {"jsonrpc": "2.0", "method"
    ]`,
    answered: '{"jsonrpc": "2.0", "error": {"code": -32700, "message": "Parse error"}, "id": null}',
  },
  {
    name: "an empty array",
    sent: "[]",
    answered: '{"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}',
  },
  {
    name: "a batch of one that is no request",
    sent: "[1]",
    answered: '[{"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}]',
  },
  {
    name: "a batch of three that are no requests",
    sent: "[1,2,3]",
    answered: `[
      {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null},
      {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null},
      {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}
    ]`,
  },
  {
    name: "a batch of everything",
    sent: `[
      {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
      {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]},
      {"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},
      {"foo": "boo"},
      {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
      {"jsonrpc": "2.0", "method": "get_data", "id": "9"}
    ]`,
    answered: `[
      {"jsonrpc": "2.0", "result": 7, "id": "1"},
      {"jsonrpc": "2.0", "result": 19, "id": "2"},
      {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null},
      {"jsonrpc": "2.0", "error": {"code": -32601, "message": "Method not found"}, "id": "5"},
      {"jsonrpc": "2.0", "result": ["hello", 5], "id": "9"}
    ]`,
  },
  {
    name: "a batch of notifications",
    sent: `[
      {"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},
      {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}
    ]`,
    answered: undefined,
  },
];

for (const row of rows) test(row.name, () => check(makeService, row));

test("the examples' notifications reach their methods, each once", async () => {
  for (const ask of [(service: Service, text: string) => service.handle(text), askOver]) {
    const notified: unknown[] = [];
    const service = makeService(notified);
    for (const row of rows) await ask(service, row.sent);
    assert.deepEqual(notified, [
      ["update", 1, 2, 3, 4, 5],
      ["notify_hello", 7],
      ["notify_sum", 1, 2, 4],
      ["notify_hello", 7],
    ]);
  }
});
