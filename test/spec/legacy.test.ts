/** JSON-RPC 1.0 and the working draft of 1.1, as a service with `legacy` answers them. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RpcError } from "../../src/protocol/errors/rpc-error.ts";
import { Service } from "../../src/service/service.ts";
import { FakeClock } from "../../src/testing/index.ts";
import {
  askOver,
  check,
  failure,
  invalidRequest,
  methodNotFound,
  parseError,
  type Row,
  silent,
  success,
} from "./rows.ts";

function makeService(legacy = true, heard: unknown[] = []): Service {
  return new Service({ legacy, logger: silent })
    .addMethod("echo", (value: unknown) => value)
    .addMethod("later", async (value: unknown) => value)
    .addMethod("none", () => "none")
    .addMethod("nothing", () => {})
    .addMethod("bigint", () => 1n)
    .addMethod("throws", () => {
      throw new Error("secret");
    })
    .addMethod("refuses", (data: unknown) => {
      throw new RpcError(7, "no", data);
    })
    .addMethod("subtract", (a: number, b: number) => a - b, { params: ["minuend", "subtrahend"] })
    .addMethod("handleMessage", (text: string) => void heard.push(text), { params: ["text", "sender?"] })
    .addMethod("postMessage", (text: string) => {
      heard.push(text);
      return 1;
    });
}

/** The text of an answer of 1.0. */
const result10 = (id: string, result: string) => `{"id":${id},"result":${result},"error":null}`;
const error10 = (id: string, code: number, message: string, data?: string) =>
  `{"id":${id},"result":null,"error":{"code":${code},"message":"${message}"${data ? `,"data":${data}` : ""}}}`;
/** The text of an answer of 1.1. */
const result11 = (id: string, result: string) => `{"version":"1.1","id":${id},"result":${result}}`;
const error11 = (id: string, code: number, message: string, error?: string) =>
  `{"version":"1.1","id":${id},"error":{"name":"JSONRPCError","code":${code},"message":"${message}"${
    error ? `,"error":${error}` : ""
  }}}`;

const issue = (words: string) => `{"issues":[{"path":[],"message":"${words}"}]}`;
const named = "JSON-RPC 1.0 has no params by name";

/** A request of 1.0, and one of 1.1, with id 1 and the rest. */
const request10 = (rest: string) => `{"id":1${rest}}`;
const request11 = (rest: string) => `{"version":"1.1","id":1${rest}}`;

const examples10: readonly Row[] = [
  {
    name: "a request and its response",
    sent: '{ "method": "echo", "params": ["Hello JSON-RPC"], "id": 1}',
    answered: '{ "result": "Hello JSON-RPC", "error": null, "id": 1}',
  },
  {
    name: "a chat: a message that is posted",
    sent: '{"method": "postMessage", "params": ["Hello all!"], "id": 99}',
    answered: '{"result": 1, "error": null, "id": 99}',
  },
  {
    name: "a chat: a notification, whose id is null",
    sent: '{"method": "handleMessage", "params": ["user1", "we were just talking"], "id": null}',
    answered: undefined,
  },
];

const examples11: readonly Row[] = [
  {
    name: "params by position",
    sent: '{"version": "1.1", "method": "echo", "id": "194521489", "params": [["apple", "orange", 1.123]]}',
    answered: '{"version": "1.1", "result": ["apple", "orange", 1.123], "id": "194521489"}',
  },
  {
    name: "params by name",
    sent: '{"version": "1.1", "method": "subtract", "id": 7, "params": {"subtrahend": 23, "minuend": 42}}',
    answered: '{"version": "1.1", "result": 19, "id": 7}',
  },
  {
    name: "an error has a name, a code and a message",
    sent: '{"version": "1.1", "method": "nowhere", "id": 7, "params": []}',
    answered:
      '{"version": "1.1", "error": {"name": "JSONRPCError", "code": -32601, "message": "Method not found"}, "id": 7}',
  },
];

const requests10: readonly Row[] = [
  {
    name: "the answer has result and error, one of them null",
    sent: request10(',"method":"none"'),
    answered: result10("1", '"none"'),
    exactly: true,
  },
  {
    name: "a result that is null",
    sent: request10(',"method":"nothing","params":[]'),
    answered: result10("1", "null"),
    exactly: true,
  },
  {
    name: "a result that holds what an envelope holds",
    sent: request10(',"method":"echo","params":["{\\"jsonrpc\\":\\"2.0\\",\\"id\\":1,\\"error\\":1}"]'),
    answered: result10("1", '"{\\"jsonrpc\\":\\"2.0\\",\\"id\\":1,\\"error\\":1}"'),
    exactly: true,
  },
  {
    name: "an unknown method",
    sent: request10(',"method":"nowhere","params":[]'),
    answered: error10("1", -32601, "Method not found"),
    exactly: true,
  },
  {
    name: "too few params",
    sent: request10(',"method":"echo","params":[]'),
    answered: error10("1", -32602, "Invalid params", issue("expected 1 argument, got 0")),
    exactly: true,
  },
  {
    name: "a method that throws",
    sent: request10(',"method":"throws","params":[]'),
    answered: error10("1", -32000, "Server error"),
    exactly: true,
  },
  {
    name: "an application's error, with data",
    sent: request10(',"method":"refuses","params":[{"a":[1]}]'),
    answered: error10("1", 7, "no", '{"a":[1]}'),
    exactly: true,
  },
  {
    name: "a result JSON cannot hold",
    sent: request10(',"method":"bigint"'),
    answered: error10("1", -32603, "Internal error"),
  },
  {
    name: "params by name",
    sent: request10(',"method":"subtract","params":{"minuend":3,"subtrahend":1}'),
    answered: error10("1", -32099, named),
    exactly: true,
  },
  {
    name: "params by name, even {}, and of an unknown method",
    sent: request10(',"method":"nowhere","params":{}'),
    answered: error10("1", -32099, named),
  },
  ...["null", "1", '"x"', "true"].map((params) => ({
    name: `params ${params}`,
    sent: request10(`,"method":"echo","params":${params}`),
    answered: error10("1", -32600, "Invalid Request"),
  })),
  ...["null", "1", "[]"].map((method) => ({
    name: `method ${method}`,
    sent: request10(`,"method":${method},"params":[]`),
    answered: error10("1", -32600, "Invalid Request"),
  })),
  {
    name: "a method beside a result is a request",
    sent: '{"id":1,"result":1,"error":null,"method":"none","params":[]}',
    answered: result10("1", '"none"'),
  },
  {
    name: "members in any order, white space, escapes, members nobody knows",
    sent: '\n{ "auth":{"id":3}, "params" : [ ],\t"\\u006dethod":"none" , "id" : 1 } ',
    answered: result10("1", '"none"'),
  },
  {
    name: "__proto__ is a member like any other",
    sent: '{"id":1,"method":"none","params":[],"__proto__":{"version":"1.1","jsonrpc":"2.0"}}',
    answered: result10("1", '"none"'),
  },
];

/* "It can be of any type." */
const ids10 = [
  ...["0", "-0", "1.0", "1e2", "12345678901234567890", "1e400", '""', '"null"', '"\\u0061"', "true", "false"],
  ...["[]", "{}", "[null]", '{"id":null}', '[1, {"a" : "]}"}]'],
];
const idRows: readonly Row[] = ids10.flatMap((id) => [
  {
    name: `the id ${id} comes back as it was written`,
    sent: `{"method":"none","params":[],"id":${id}}`,
    answered: result10(id, '"none"'),
    exactly: true,
  },
  {
    name: `the id ${id} comes back with an error`,
    sent: `{"method":"none","params":{},"id": ${id} }`,
    answered: error10(id, -32099, named),
    exactly: true,
  },
  {
    name: `the id ${id} comes back in 1.1`,
    sent: `{"version":"1.1","id":${id},"method":"nowhere"}`,
    answered: error11(id, -32601, "Method not found"),
    exactly: true,
  },
]);

const notifications: readonly Row[] = [
  ["right", '"method":"none","params":[]'],
  ["of an unknown method", '"method":"nowhere","params":[]'],
  ["with too few params", '"method":"echo","params":[]'],
  ["with params by name that would fit", '"method":"handleMessage","params":{"text":"by name"}'],
  ["with params null", '"method":"none","params":null'],
].map(([name, rest]) => ({ name: name as string, sent: `{${rest},"id":null}`, answered: undefined }));

const requests11: readonly Row[] = [
  {
    name: "the answer has a version, and result or error",
    sent: request11(',"method":"none"'),
    answered: result11("1", '"none"'),
    exactly: true,
  },
  {
    name: "params by name of a method that takes one object",
    sent: request11(',"method":"echo","params":{"a":1}'),
    answered: result11("1", '{"a":1}'),
    exactly: true,
  },
  {
    name: "an error's data is its error",
    sent: request11(',"method":"refuses","params":[{"a":[1]}]'),
    answered: error11("1", 7, "no", '{"a":[1]}'),
    exactly: true,
  },
  {
    name: "an error's data that looks like the rest of it",
    sent: request11(',"method":"refuses","params":[{"data":",\\"data\\":1}","error":{"code":1}}]'),
    answered: error11("1", 7, "no", '{"data":",\\"data\\":1}","error":{"code":1}}'),
    exactly: true,
  },
  {
    name: "an error's data that is a $& pattern",
    sent: request11(',"method":"refuses","params":["$&$1"]'),
    answered: error11("1", 7, "no", '"$&$1"'),
    exactly: true,
  },
  {
    name: "an error's data that is null",
    sent: request11(',"method":"refuses","params":[null]'),
    answered: error11("1", 7, "no", "null"),
  },
  {
    name: "params that do not fit by name",
    sent: request11(',"method":"subtract","params":{"minuend":1}'),
    answered: error11("1", -32602, "Invalid params", issue("subtrahend is missing")),
    exactly: true,
  },
  ...["null", "1", '"x"'].map((params) => ({
    name: `params ${params}`,
    sent: request11(`,"method":"echo","params":${params}`),
    answered: error11("1", -32600, "Invalid Request"),
  })),
  { name: "no method", sent: request11(""), answered: error11("1", -32600, "Invalid Request") },
  {
    name: "no method and no id",
    sent: '{"version":"1.1"}',
    answered: error11("null", -32600, "Invalid Request"),
  },
  { name: "no id is a notification", sent: '{"version":"1.1","method":"none"}', answered: undefined },
  { name: "the id null is a notification", sent: '{"version":"1.1","method":"none","id":null}', answered: undefined },
];

const neither: readonly Row[] = [
  ...['"1.0"', '"1.2"', "1.1", "null", '"2.0"'].map((version) => ({
    name: `"version": ${version} is no version there is`,
    sent: `{"version":${version},"id":1,"method":"none","params":[]}`,
    answered: invalidRequest("1"),
  })),
  ...['"1.0"', '"1.1"', "2.0", "null"].map((version) => ({
    name: `"jsonrpc": ${version} is read as 2.0 says`,
    sent: `{"jsonrpc":${version},"id":1,"method":"none","params":[]}`,
    answered: invalidRequest("1"),
  })),
  {
    name: '"jsonrpc" beside "version" is 2.0',
    sent: '{"jsonrpc":"2.0","version":"1.1","id":1,"method":"none"}',
    answered: success("1", '"none"'),
  },
  { name: "no id and no version", sent: '{"method":"none","params":[]}', answered: invalidRequest() },
  { name: "nothing at all", sent: "{}", answered: invalidRequest() },
  { name: "a scalar", sent: "1", answered: invalidRequest() },
  { name: "no JSON", sent: '{"method":"none","params":[],"id":1', answered: parseError },
  {
    name: "an answer is no request; over a connection it is for the other half",
    sent: '{"result":1,"error":null,"id":5}',
    answered: invalidRequest("5"),
    overConnection: undefined,
  },
];

const batches: readonly Row[] = [
  {
    name: "older requests in a batch: there are no batches but those of 2.0",
    sent: `[${request10(',"method":"none","params":[]')},${request11(',"method":"none"')}]`,
    answered: `[${invalidRequest("1")},${invalidRequest("1")}]`,
  },
  {
    name: "beside requests of 2.0",
    sent: `[{"jsonrpc":"2.0","id":2,"method":"none"},{"method":"none","params":[],"id":null}]`,
    answered: `[${success("2", '"none"')},${invalidRequest("null")}]`,
  },
];

const tables: Record<string, readonly Row[]> = {
  "the examples of 1.0": examples10,
  "the examples of 1.1": examples11,
  "requests of 1.0": requests10,
  "ids of any type": idRows,
  "notifications of 1.0 are never answered": notifications,
  "requests of 1.1": requests11,
  "what is of neither version": neither,
  batches,
};
for (const [title, rows] of Object.entries(tables)) {
  describe(title, () => {
    for (const row of rows) test(row.name, () => check(makeService, row));
  });
}

describe("without legacy, all of it is as 2.0 has it", () => {
  const rows: readonly Row[] = [
    { name: "1.0", sent: request10(',"method":"none","params":[]'), answered: invalidRequest("1") },
    { name: "1.1", sent: request11(',"method":"none"'), answered: invalidRequest("1") },
    { name: "a notification", sent: '{"method":"none","params":[],"id":null}', answered: invalidRequest("null") },
  ];
  for (const row of rows) test(row.name, () => check(() => makeService(false), row));
});

test("notifications that are right reach their methods, once, and wrong ones do not", async () => {
  for (const ask of [(service: Service, text: string) => service.handle(text), askOver]) {
    const heard: unknown[] = [];
    const service = makeService(true, heard);
    for (const row of [...examples10, ...notifications]) await ask(service, row.sent);
    await ask(service, '{"version":"1.1","method":"handleMessage","params":{"text":"by name"}}');
    assert.deepEqual(heard, ["Hello all!", "user1", "by name"]);
  }
});

test("what needs time is answered in its own version's shape, too", async () => {
  const service = makeService();
  const texts = [
    request10(',"method":"later","params":["a"]'),
    request11(',"method":"later","params":["b"]'),
    '{"jsonrpc":"2.0","id":1,"method":"later","params":["c"]}',
  ];
  assert.deepEqual(await Promise.all(texts.map((text) => service.handle(text))), [
    result10("1", '"a"'),
    result11("1", '"b"'),
    success("1", '"c"'),
  ]);
});

test("the errors of a stopped, a busy and a late service have that shape", async () => {
  const clock = new FakeClock();
  const service = new Service({ legacy: true, clock, timeout: 10, limits: { inFlight: 1 } })
    .addMethod("never", () => new Promise(() => {}))
    .addMethod("none", () => 1);
  const late = service.handle(request10(',"method":"never"'));
  const busy = service.handle(request11(',"method":"none"'));
  assert.equal(busy, error11("1", -32096, "Server Busy", '{"limit":"inFlight","max":1}'));
  clock.advance(10);
  assert.equal(await late, error10("1", -32098, "Server Timeout"));
  await service.stopServing();
  assert.equal(service.handle(request10(',"method":"none"')), error10("1", -32097, "Service Unavailable"));
});

test("data that could be written for 1.0 could be written for 1.1, however deep it is", () => {
  const service = makeService();
  let written = 0;
  for (let depth = 500; depth <= 10_000; depth += 500) {
    const data = "[".repeat(depth) + "]".repeat(depth);
    const [old, draft] = [request10, request11].map((request) =>
      String(service.handle(request(`,"method":"refuses","params":[${data}]`))).includes(data),
    );
    assert.equal(draft, old, `depth ${depth}`);
    if (old) written++;
  }
  // How deep is too deep is the runtime's affair.
  assert.ok(written > 0);
});

test("rows of 2.0 are what they are elsewhere", async () => {
  for (const [sent, answered] of [
    ['{"jsonrpc":"2.0","id":1,"method":"nowhere"}', methodNotFound("1")],
    ['{"jsonrpc":"2.0","id":null,"method":"none"}', success("null", '"none"')],
    ['{"jsonrpc":"2.0","id":true,"method":"none"}', invalidRequest()],
    ['{"jsonrpc":"2.0","id":1,"method":"throws"}', failure("1", -32000, "Server error")],
  ] as const) {
    await check(makeService, { name: sent, sent, answered });
  }
});
