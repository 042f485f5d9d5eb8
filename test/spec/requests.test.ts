/** What is a request, a notification, neither: sections 4 and 5, member by member. */
import { describe, test } from "node:test";
import { Service } from "../../src/service/service.ts";
import { check, invalidParams, invalidRequest, methodNotFound, parseError, type Row, silent, success } from "./rows.ts";

function makeService(): Service {
  return new Service({ logger: silent })
    .addMethod("echo", (value: unknown) => value)
    .addMethod("count", (...values: unknown[]) => values.length, { params: ["...values"] })
    .addMethod("none", () => "none")
    .addMethod("né\n", () => "escaped")
    .addMethod("nothing", () => {})
    .addMethod("subtract", (a: number, b: number) => a - b, { params: ["minuend", "subtrahend"] });
}

/** A request with id 1 and the usual first members. */
const request = (rest: string) => `{"jsonrpc":"2.0","id":1${rest}}`;
const notification = (rest: string) => `{"jsonrpc":"2.0"${rest}}`;

const topLevel: readonly Row[] = [
  ...["0", "1.5", "null", "true", "false", '"x"', "{}", '{"foo":"boo"}', "[]", " [ ] "].map((text) => ({
    name: `${text} is JSON, and no request`,
    sent: text,
    answered: invalidRequest(),
  })),
  ...["", " ", "x", "{", "[", "]", "[1", "[1,]", '"x', "'x'", "{a:1}", "undefined", "NaN", "01", "[1]]", "{}{}"].map(
    (text) => ({ name: `${JSON.stringify(text)} is no JSON`, sent: text, answered: parseError }),
  ),
  ...["[1]", "[[1]]", "[null]", "[[]]", "[{}]", '["x"]', "[true]"].map((text) => ({
    name: `${text} is a batch of one that is no request`,
    sent: text,
    answered: `[${invalidRequest()}]`,
  })),
];

const version: readonly Row[] = [
  ...['"1.0"', '"2"', '"2.00"', "2.0", "2", "null", "true", '["2.0"]', '{"2.0":1}', '""'].map((jsonrpc) => ({
    name: `"jsonrpc": ${jsonrpc}`,
    sent: `{"jsonrpc":${jsonrpc},"id":1,"method":"none"}`,
    answered: invalidRequest("1"),
  })),
  {
    name: "no jsonrpc",
    sent: '{"id":1,"method":"none"}',
    answered: invalidRequest("1"),
  },
  {
    name: "no jsonrpc, no id: not even a notification",
    sent: '{"method":"none"}',
    answered: invalidRequest(),
  },
  {
    name: "jsonrpc twice: the last one counts",
    sent: '{"jsonrpc":"1.0","jsonrpc":"2.0","id":1,"method":"none"}',
    answered: success("1", '"none"'),
  },
  {
    name: "jsonrpc twice: the last one counts, also when it is wrong",
    sent: '{"jsonrpc":"2.0","id":1,"method":"none","jsonrpc":"1.0"}',
    answered: invalidRequest("1"),
  },
  {
    name: "JSONRPC in capitals is another member",
    sent: '{"JSONRPC":"2.0","id":1,"method":"none"}',
    answered: invalidRequest("1"),
  },
];

const method: readonly Row[] = [
  ...["1", "null", "true", '["none"]', '{"none":1}'].map((name) => ({
    name: `"method": ${name}`,
    sent: request(`,"method":${name}`),
    answered: invalidRequest("1"),
  })),
  { name: "no method", sent: request(""), answered: invalidRequest("1") },
  ...[
    "constructor",
    "__proto__",
    "toString",
    "hasOwnProperty",
    "valueOf",
    "prototype",
    "",
    "None",
    "none ",
    "rpc.discover",
    "\u0000",
  ].map((name) => ({
    name: `the method ${JSON.stringify(name)} is not there`,
    sent: request(`,"method":${JSON.stringify(name)}`),
    answered: methodNotFound("1"),
  })),
  {
    name: "a name with escapes",
    sent: request(',"method":"n\\u00e9\\n"'),
    answered: success("1", '"escaped"'),
  },
  {
    name: "a key with escapes",
    sent: request(',"\\u006dethod":"none"'),
    answered: success("1", '"none"'),
  },
  {
    name: "a method given twice: the last one counts",
    sent: request(',"method":"echo","method":"none"'),
    answered: success("1", '"none"'),
  },
];

const params: readonly Row[] = [
  { name: "left out", sent: request(',"method":"none"'), answered: success("1", '"none"') },
  { name: "[]", sent: request(',"method":"none","params":[]'), answered: success("1", '"none"') },
  { name: "{}", sent: request(',"method":"none","params":{}'), answered: success("1", '"none"') },
  ...["null", '"x"', "1", "0", "true", "false", '""'].map((value) => ({
    name: `${value}: neither array nor object`,
    sent: request(`,"method":"echo","params":${value}`),
    answered: invalidRequest("1"),
  })),
  {
    name: "wrong, before the method",
    sent: request(',"params":null,"method":"echo"'),
    answered: invalidRequest("1"),
  },
  {
    name: "wrong, for a method that is not there",
    sent: request(',"method":"nowhere","params":"bar"'),
    answered: invalidRequest("1"),
  },
  {
    name: "given twice: the last ones count",
    sent: request(',"method":"echo","params":[1],"params":[2]'),
    answered: success("1", "2"),
  },
  {
    name: "too few",
    sent: request(',"method":"echo","params":[]'),
    answered: invalidParams("1", "expected 1 argument, got 0"),
  },
  {
    name: "too many",
    sent: request(',"method":"subtract","params":[1,2,3]'),
    answered: invalidParams("1", "expected 2 arguments, got 3"),
  },
  {
    name: "by name, one missing",
    sent: request(',"method":"subtract","params":{"minuend":1}'),
    answered: invalidParams("1", "subtrahend is missing"),
  },
  {
    name: "by name, with __proto__ among them",
    sent: request(',"method":"subtract","params":{"minuend":3,"subtrahend":1,"__proto__":1}'),
    answered: invalidParams("1", "there is no parameter __proto__"),
  },
  {
    name: "by name, with names that only a prototype has",
    sent: request(',"method":"subtract","params":{"__proto__":{"minuend":3,"subtrahend":1}}'),
    answered: invalidParams("1", "minuend is missing"),
  },
  {
    name: "one object by name, whatever its members",
    sent: request(',"method":"echo","params":{"__proto__":{"a":1},"constructor":2,"toString":3}'),
    answered: success("1", '{"__proto__":{"a":1},"constructor":2,"toString":3}'),
    exactly: true,
  },
  {
    name: "a __proto__ deep inside",
    sent: request(',"method":"echo","params":[{"a":[{"__proto__":{"b":1}}]}]'),
    answered: success("1", '{"a":[{"__proto__":{"b":1}}]}'),
    exactly: true,
  },
];

const extra: readonly Row[] = [
  {
    name: "members nobody knows are passed over",
    sent: request(',"method":"none","auth":"x","toString":1,"":{}'),
    answered: success("1", '"none"'),
  },
  {
    name: "a method beside a result is a request",
    sent: request(',"method":"none","result":1'),
    answered: success("1", '"none"'),
  },
  {
    name: "a method beside an error is a request",
    sent: request(',"error":null,"method":"none"'),
    answered: success("1", '"none"'),
  },
  {
    name: "a request inside __proto__ is none",
    sent: '{"__proto__":{"jsonrpc":"2.0","method":"none","id":1}}',
    answered: invalidRequest(),
  },
  {
    name: "an id inside __proto__ is none",
    sent: '{"jsonrpc":"2.0","method":"none","__proto__":{"id":1}}',
    answered: undefined,
  },
  {
    name: "an answer is no request; over a connection it is for the other half",
    sent: request(',"result":1'),
    answered: invalidRequest("1"),
    overConnection: undefined,
  },
  {
    name: "an error answer is no request either",
    sent: '{"jsonrpc":"2.0","id":"a","error":{"code":1,"message":"x"}}',
    answered: invalidRequest('"a"'),
    overConnection: undefined,
  },
  {
    name: "an answer whose id cannot be one",
    sent: '{"jsonrpc":"2.0","id":{"id":1e3},"result":1}',
    answered: invalidRequest(),
    overConnection: undefined,
  },
  {
    name: "an answer's id comes back digit for digit, too",
    sent: '{"jsonrpc":"2.0","id":12345678901234567890,"result":1}',
    answered: invalidRequest("12345678901234567890"),
    exactly: true,
    overConnection: undefined,
  },
];

const notifications: readonly Row[] = [
  ["right", ',"method":"none"'],
  ["of an unknown method", ',"method":"nowhere"'],
  ["with too few params", ',"method":"echo"'],
  ["with too many params", ',"method":"none","params":[1]'],
  ["with params that do not fit by name", ',"method":"subtract","params":{"a":1}'],
  ["with params null", ',"method":"none","params":null'],
  ["with params that are a string", ',"method":"echo","params":"bar"'],
  ["of a reserved method", ',"method":"rpc.discover"'],
].flatMap(([what, rest]) => [
  { name: what as string, sent: notification(rest as string), answered: undefined },
  { name: `${what}, in a batch`, sent: `[${notification(rest as string)}]`, answered: undefined },
  {
    name: `${what}, in a batch beside a request`,
    sent: `[${notification(rest as string)},${request(',"method":"none"')}]`,
    answered: `[${success("1", '"none"')}]`,
  },
]);

const tables: Record<string, readonly Row[]> = {
  "the top level": topLevel,
  jsonrpc: version,
  method,
  params,
  "other members": extra,
  "notifications are never answered": notifications,
};
for (const [title, rows] of Object.entries(tables)) {
  describe(title, () => {
    for (const row of rows) test(row.name, () => check(makeService, row));
  });
}

test("undefined is answered as null", () =>
  check(makeService, {
    name: "undefined",
    sent: request(',"method":"nothing"'),
    answered: success("1", "null"),
    exactly: true,
  }));
