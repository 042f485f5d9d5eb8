/** An id comes back digit for digit, wherever it stands and whatever becomes of its request. */
import { describe, test } from "node:test";
import { Service } from "../../src/service/service.ts";
import { check, invalidRequest, methodNotFound, parseError, type Row, silent, success } from "./rows.ts";

function makeService(): Service {
  return new Service({ logger: silent })
    .addMethod("none", () => 1)
    .addMethod("later", async () => 1)
    .addMethod("echo", (value: unknown) => value);
}

const numbers = [
  "0",
  "-0",
  "1",
  "-7",
  "1.5",
  "1.0",
  "-0.0",
  "1e2",
  "1E+2",
  "1.50e-3",
  "0e0",
  "123456789012345",
  "1234567890123456",
  "9007199254740993",
  "12345678901234567890",
  "-12345678901234567890",
  "0.1000000000000000055511151231257827",
  "1e400",
  "-1e400",
  "1e-400",
  `${"9".repeat(400)}`,
];
const strings = ["", "1", "null", "constructor", "__proto__", "é😀\u2028", 'quote " and \\', "\u0000"];
/* As JSON.stringify writes them, that is what is expected back. */
const stringIds = strings.map((id) => JSON.stringify(id));
const ids = [...numbers, ...stringIds, "null", '"\\ud800"', '"\\udc00\\ud800"'];

/** Places where an id can stand, and what is answered there. */
const places: readonly {
  readonly where: string;
  readonly sent: (id: string) => string;
  readonly answered: (id: string) => string;
}[] = [
  {
    where: "second",
    sent: (id) => `{"jsonrpc":"2.0","id":${id},"method":"none"}`,
    answered: (id) => success(id, "1"),
  },
  {
    where: "last",
    sent: (id) => `{"jsonrpc":"2.0","method":"none","params":[],"id":${id}}`,
    answered: (id) => success(id, "1"),
  },
  {
    where: "with white space around",
    sent: (id) => ` {"jsonrpc" : "2.0", "id"\n\t:\r ${id} , "method":"none"}\n`,
    answered: (id) => success(id, "1"),
  },
  {
    where: 'under the key "\\u0069d"',
    sent: (id) => `{"jsonrpc":"2.0","\\u0069d":${id},"method":"none"}`,
    answered: (id) => success(id, "1"),
  },
  {
    where: 'under the key "i\\u0064"',
    sent: (id) => `{"jsonrpc":"2.0","method":"none","i\\u0064":${id}}`,
    answered: (id) => success(id, "1"),
  },
  {
    where: "after another id, which does not count",
    sent: (id) => `{"id":12345678901234567891,"jsonrpc":"2.0","method":"none","id":"x","\\u0069d":${id}}`,
    answered: (id) => success(id, "1"),
  },
  {
    where: "with other ids in the params",
    sent: (id) =>
      `{"jsonrpc":"2.0","id":${id},"method":"echo","params":[{"id":98765432109876543,"a":["\\"id\\":1e5",{"id":1.0}]}]}`,
    answered: (id) => success(id, '{"id":98765432109876540,"a":["\\"id\\":1e5",{"id":1}]}'),
  },
  {
    where: "of a method that is not there",
    sent: (id) => `{"jsonrpc":"2.0","id":${id},"method":"nowhere"}`,
    answered: methodNotFound,
  },
  {
    where: "of no request",
    sent: (id) => `{"jsonrpc":"2.0","id":${id},"method":1}`,
    answered: invalidRequest,
  },
  {
    where: "without jsonrpc and method",
    sent: (id) => `{"id":${id}}`,
    answered: invalidRequest,
  },
  {
    where: "in a batch of one",
    sent: (id) => `[{"jsonrpc":"2.0","id":${id},"method":"none"}]`,
    answered: (id) => `[${success(id, "1")}]`,
  },
  {
    where: "in a batch, between others",
    sent: (id) =>
      `[ 1, {"jsonrpc":"2.0","id":1.0,"method":"none"} ,[{"id":4.0}],{"id":5.0,"method":"none","jsonrpc":"2.0","id":${id}},` +
      '{"jsonrpc":"2.0","method":"none"},{"\\u0069d":98765432109876543210}]',
    answered: (id) =>
      `[${[
        invalidRequest(),
        success("1.0", "1"),
        invalidRequest(),
        success(id, "1"),
        invalidRequest("98765432109876543210"),
      ].join(",")}]`,
  },
];

for (const { where, sent, answered } of places) {
  const rows = ids.map(
    (id): Row => ({
      name: id.slice(0, 40),
      sent: sent(id),
      answered: answered(id),
      exactly: true,
    }),
  );
  describe(`an id ${where}`, () => {
    for (const row of rows) test(row.name, () => check(makeService, row));
  });
}

describe("string ids come back equal, however they were written", () => {
  const rows: readonly Row[] = [
    {
      name: "with escapes that need not be",
      sent: '{"jsonrpc":"2.0","id":"\\u0041\\/\\u00e9","method":"none"}',
      answered: success('"A/é"', "1"),
      exactly: true,
    },
  ];
  for (const row of rows) test(row.name, () => check(makeService, row));
});

describe("what cannot be an id is answered as null", () => {
  const rows: readonly Row[] = [
    ...["true", "false", "{}", "[]", "[1]", '{"id":1}', "[12345678901234567890]"].flatMap((id) => [
      {
        name: id,
        sent: `{"jsonrpc":"2.0","id":${id},"method":"none"}`,
        answered: invalidRequest(),
      },
      {
        name: `${id}, after one that could`,
        sent: `{"jsonrpc":"2.0","id":1e2,"method":"none","id":${id}}`,
        answered: invalidRequest(),
      },
      {
        name: `${id}, before one that can`,
        sent: `{"jsonrpc":"2.0","id":${id},"method":"none","id":1e2}`,
        answered: success("1e2", "1"),
        exactly: true,
      },
    ]),
    ...["01", "1.", ".5", "+1", "0x1", "1e", "--1", "NaN", "-", "1_000", "'1'", ""].map((id) => ({
      name: `${JSON.stringify(id)} is not even JSON`,
      sent: `{"jsonrpc":"2.0","id":${id},"method":"none"}`,
      answered: parseError,
    })),
    {
      name: "ID in capitals is another member: a notification",
      sent: '{"jsonrpc":"2.0","ID":1,"method":"none"}',
      answered: undefined,
    },
    {
      name: "null makes a request, not a notification",
      sent: '{"jsonrpc":"2.0","id":null,"method":"none"}',
      answered: success("null", "1"),
    },
  ];
  for (const row of rows) test(row.name, () => check(makeService, row));
});

describe("two requests of one id", () => {
  const rows: readonly Row[] = [
    {
      name: "are two requests",
      sent: '[{"jsonrpc":"2.0","id":1,"method":"none"},{"jsonrpc":"2.0","id":1,"method":"none"}]',
      answered: `[${success("1", "1")},${success("1", "1")}]`,
    },
  ];
  for (const row of rows) test(row.name, () => check(makeService, row));
});
