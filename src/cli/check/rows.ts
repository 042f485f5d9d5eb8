import { answer, batch, type Expectation, error, silence, survival } from "./expectation.ts";

/** A text to send, and what is to come of it. */
export interface Row {
  readonly group: string;
  readonly name: string;
  /** Where the specification of JSON-RPC 2.0 says so. */
  readonly section: string;
  /** Whether it has to be so, or is good to have. */
  readonly level: "must" | "should";
  readonly send: string;
  readonly expect: Expectation;
}

const PARSE = -32700;
const INVALID = -32600;
const UNKNOWN = -32601;
const PARAMS = -32602;
/* No server has it, as long as nobody is unkind. */
const NOBODY = "tsjason.check.nobody";
const KiB = 1024;

/** The name of the one row that is for connections only. */
export const STRAY = "an answer nobody waits for";

const json = (value: unknown) => JSON.stringify(value);
const request = (id: unknown, method: unknown = NOBODY, params?: unknown) => ({ jsonrpc: "2.0", id, method, params });
const notification = (method: unknown = NOBODY, params?: unknown) => ({ jsonrpc: "2.0", method, params });

function rows(
  group: string,
  ...given: [name: string, section: string, send: string, expect: Expectation, level?: "should"][]
): Row[] {
  return given.map(([name, section, send, expect, level]): Row => {
    return { group, name, section, level: level ?? "must", send, expect };
  });
}

/** What every server is held to. Nothing in it calls a method that is likely to exist, but for the specification's examples. */
export const rowsOfAll: readonly Row[] = [
  ...rows(
    "requests",
    ["an unknown method", "5.1", json(request(1)), error(1, UNKNOWN)],
    ["an unknown method with params by position", "5.1", json(request(2, NOBODY, [1, "two", null])), error(2, UNKNOWN)],
    ["an unknown method with params by name", "5.1", json(request(3, NOBODY, { a: 1 })), error(3, UNKNOWN)],
    ["white space around a request", "4", ` \t${json(request(4))} `, error(4, UNKNOWN)],
    ["the specification's example subtract", "7", json(request(5, "subtract", [42, 23])), answer(5)],
    [
      "members that the specification does not know",
      "4",
      json({ ...request(6), extra: 1 }),
      error(6, UNKNOWN),
      "should",
    ],
  ),
  ...rows(
    "ids",
    ["the id 0", "4", json(request(0)), error(0, UNKNOWN)],
    ["a negative id", "4", json(request(-7)), error(-7, UNKNOWN)],
    ["the largest safe integer", "4", json(request(Number.MAX_SAFE_INTEGER)), error(Number.MAX_SAFE_INTEGER, UNKNOWN)],
    ["an id with a fraction", "4", json(request(1.5)), error(1.5, UNKNOWN), "should"],
    ["an id that is a string", "4", json(request("an id")), error("an id", UNKNOWN)],
    ["an empty string as the id", "4", json(request("")), error("", UNKNOWN)],
    ["digits in a string are no number", "5", json(request("1")), error("1", UNKNOWN)],
    ["an id in other scripts", "4", json(request("idé-\u{1f600}")), error("idé-\u{1f600}", UNKNOWN)],
    ["the id null is an id", "4", json(request(null)), error(null, UNKNOWN), "should"],
    ["an object as the id", "4", json(request({ a: 1 })), error(null, INVALID)],
    ["an array as the id", "4", json(request([1])), error(null, INVALID)],
    ["true as the id", "4", json(request(true)), error(null, INVALID)],
  ),
  ...rows(
    "names that are no methods",
    ...["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf", "prototype"].map(
      (name, index): [string, string, string, Expectation] => [
        name,
        "5.1",
        json(request(100 + index, name)),
        error(100 + index, UNKNOWN),
      ],
    ),
    ["an empty name", "4", json(request(110, "")), error(110, UNKNOWN, INVALID)],
    ["a name of rpc's that is no extension", "4.3", json(request(111, "rpc.tsjason-check")), error(111, UNKNOWN)],
  ),
  ...rows(
    "notifications",
    ["an unknown method", "4.1", json(notification()), silence],
    ["params that fit nothing", "4.1", json(notification(NOBODY, { a: [1] })), silence],
    ["a batch of them", "6", json([notification(), notification("constructor")]), silence],
    [STRAY, "5", json({ jsonrpc: "2.0", id: 4711, result: 1 }), silence, "should"],
  ),
  ...rows(
    "no JSON",
    [
      "the specification's example",
      "7",
      '{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]',
      error(null, PARSE),
    ],
    [
      "a batch that breaks off",
      "7",
      '[{"jsonrpc": "2.0", "method": "sum", "id": "1"}, {"jsonrpc": "2.0", "method"',
      error(null, PARSE),
    ],
    ["an open brace", "5.1", "{", error(null, PARSE)],
    ["words", "5.1", "hello there", error(null, PARSE)],
    ["a comma too many", "5.1", '{"jsonrpc":"2.0","id":1,"method":"x",}', error(null, PARSE)],
    ["single quotes", "5.1", "{'jsonrpc':'2.0','id':1,'method':'x'}", error(null, PARSE)],
  ),
  ...rows(
    "no request",
    ["the specification's example", "7", '{"jsonrpc": "2.0", "method": 1, "params": "bar"}', error(null, INVALID)],
    ["a number", "5.1", "1", error(null, INVALID)],
    ["a string", "5.1", '"hello"', error(null, INVALID)],
    ["null", "5.1", "null", error(null, INVALID)],
    ["an empty object", "5.1", "{}", error(null, INVALID)],
    ["params that are a string", "4.2", json(request(120, NOBODY, "bar")), error(120, INVALID, PARAMS)],
    ["params that are null", "4.2", json(request(121, NOBODY, null)), error(121, INVALID, PARAMS), "should"],
    ["no version", "4", json({ id: 122, method: NOBODY }), error(122, INVALID), "should"],
    ["another version", "4", json({ ...request(123), jsonrpc: "3.0" }), error(123, INVALID), "should"],
    ["the version as a number", "4", json({ ...request(124), jsonrpc: 2 }), error(124, INVALID), "should"],
  ),
  ...rows(
    "batches",
    ["an empty one", "6", "[]", error(null, INVALID)],
    ["one that is invalid, but not empty", "7", "[1]", batch(error(null, INVALID))],
    ["three that are invalid", "7", "[1,2,3]", batch(...Array.from({ length: 3 }, () => error(null, INVALID)))],
    ["a batch in a batch", "6", "[[1]]", batch(error(null, INVALID))],
    ["one request", "6", json([request(130)]), batch(error(130, UNKNOWN))],
    ["two requests", "6", json([request(131), request("132")]), batch(error(131, UNKNOWN), error("132", UNKNOWN))],
    ["a request and a notification", "6", json([notification(), request(133)]), batch(error(133, UNKNOWN))],
    [
      "good and bad together",
      "7",
      json([request(134), { foo: "boo" }, notification(), 5]),
      batch(error(134, UNKNOWN), error(null, INVALID), error(null, INVALID)),
    ],
    [
      "twenty requests",
      "6",
      json(Array.from({ length: 20 }, (_, n) => request(200 + n))),
      batch(...Array.from({ length: 20 }, (_, n) => error(200 + n, UNKNOWN))),
    ],
  ),
  ...rows(
    "torture",
    [
      "params nested 5,000 deep",
      "-",
      `{"jsonrpc":"2.0","id":300,"method":"${NOBODY}","params":${"[".repeat(5_000)}${"]".repeat(5_000)}}`,
      survival,
    ],
    ["an array nested 20,000 deep", "-", `${"[".repeat(20_000)}${"]".repeat(20_000)}`, survival],
    ["a text of 256 KiB", "-", json(request(301, NOBODY, ["x".repeat(256 * KiB)])), survival],
    ["a method's name of 64 KiB", "-", json(request(302, "m".repeat(64 * KiB))), survival],
    [
      "__proto__ as a param",
      "-",
      `{"jsonrpc":"2.0","id":303,"method":"${NOBODY}","params":{"__proto__":{"polluted":1}}}`,
      error(303, UNKNOWN),
    ],
    ["a member twice", "-", `{"jsonrpc":"2.0","id":304,"id":305,"method":"${NOBODY}"}`, survival],
    ["half a surrogate pair", "-", `{"jsonrpc":"2.0","id":306,"method":"\\ud800"}`, survival],
    ["a number beyond all numbers", "-", `{"jsonrpc":"2.0","id":307,"method":"${NOBODY}","params":[1e999]}`, survival],
  ),
];
