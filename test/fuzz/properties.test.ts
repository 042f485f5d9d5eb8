/** Properties of a service over random values, messages, batches and chunks. A failure prints the seed that repeats it. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import fc from "fast-check";
import { contentLength } from "../../src/framing/content-length.ts";
import { frameAll } from "../../src/framing/framing.ts";
import { netstring } from "../../src/framing/netstring.ts";
import { newline } from "../../src/framing/newline.ts";
import { Service } from "../../src/service/service.ts";
import { cut, decode } from "../conformance/framing.ts";
import { checkAnswer } from "./answers.ts";
import { handleAnything } from "./service.ts";

const value = fc.jsonValue({ stringUnit: "binary" });
const id = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.string(), fc.constant(null));
const method = fc.oneof(
  fc.constantFrom("echo", "add", "named", "later", "refuse", "throw", "reject", "unwritable", "toString", "__proto__"),
  fc.string(),
);
const params = fc.oneof(fc.array(value, { maxLength: 3 }), fc.dictionary(fc.string(), value, { maxKeys: 3 }), value);

/** A message with each member as it should be, as it should not, or missing. */
const message = fc.record(
  {
    jsonrpc: fc.oneof({ weight: 9, arbitrary: fc.constant("2.0") }, { weight: 1, arbitrary: value }),
    id: fc.oneof({ weight: 5, arbitrary: id }, { weight: 1, arbitrary: value }),
    method: fc.oneof({ weight: 5, arbitrary: method }, { weight: 1, arbitrary: value }),
    params,
    result: value,
    error: value,
  },
  { requiredKeys: [] },
);
const request = fc.record({ jsonrpc: fc.constant("2.0"), id, method, params });
const single = fc.oneof(request, message, value);
const batch = fc.array(single, { maxLength: 6 });

const echo = new Service().addMethod("echo", (one: unknown) => one).addMethod("later", async (one: unknown) => one);

describe("whatever a text says, a service answers it as specified", () => {
  for (const [what, arbitrary] of Object.entries({ "any JSON value": value, "a message": single, "a batch": batch })) {
    it(what, async () => {
      const property = fc.asyncProperty(arbitrary, (one) => handleAnything(JSON.stringify(one)));
      await fc.assert(property, { numRuns: 1_000 });
    });
  }

  it("what is no JSON", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), (text) => handleAnything(text)),
      { numRuns: 1_000 },
    );
  });

  it("a value comes back as it went, by itself and in a batch", async () => {
    const one = (id: number, method: string, value: unknown) => ({ jsonrpc: "2.0", id, method, params: [value] });
    const property = fc.asyncProperty(value, async (sent) => {
      const text = JSON.stringify([one(1, "echo", sent), one(2, "later", sent)]);
      const answers = JSON.parse((await echo.handle(text)) ?? "") as { id: number; result: unknown }[];
      const came = answers.sort((a, b) => a.id - b.id).map(({ result }) => result);
      const [expected] = JSON.parse(JSON.stringify([sent]));
      assert.deepEqual(came, [expected, expected]);
    });
    await fc.assert(property, { numRuns: 500 });
  });
});

describe("through a framing, however it is cut, a service gives the same answers over", () => {
  for (const framing of [netstring, newline, contentLength]) {
    it(framing.name, async () => {
      const texts = fc.array(fc.oneof(single, batch), { maxLength: 5 });
      const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 10 });
      const property = fc.asyncProperty(texts, sizes, async (values, sizes) => {
        const sent = values.map((one) => JSON.stringify(one));
        const bytes = Buffer.from(frameAll(framing, sent));
        const arrived = decode(framing.decoder(1_000_000), cut(bytes, ...sizes));
        const answer = async (text: string) => echo.handle(text);
        assert.deepEqual(await Promise.all(arrived.map(answer)), await Promise.all(sent.map(answer)));
      });
      await fc.assert(property, { numRuns: 200 });
    });
  }
});

describe("the one who judges the answers notices", () => {
  const call = '{"jsonrpc":"2.0","id":1,"method":"m"}';
  for (const [what, text, answer] of [
    ["none", call, undefined],
    ["one to a notification", '{"jsonrpc":"2.0","method":"m"}', '{"jsonrpc":"2.0","id":null,"result":1}'],
    ["another id", call, '{"jsonrpc":"2.0","id":"1","result":1}'],
    ["a version that is missing", call, '{"id":1,"result":1}'],
    ["a result and an error", call, '{"jsonrpc":"2.0","id":1,"result":1,"error":{"code":1,"message":""}}'],
    ["an error without a code", call, '{"jsonrpc":"2.0","id":1,"error":{"message":""}}'],
    ["an array to a single call", call, '[{"jsonrpc":"2.0","id":1,"result":1}]'],
    ["a batch with one too few", `[${call},1]`, '[{"jsonrpc":"2.0","id":1,"result":1}]'],
    ["the wrong code", "[]", '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":""}}'],
  ] as const) {
    it(what, () => assert.throws(() => checkAnswer(text, answer, 5)));
  }
});
