/** Whatever a document calls things and says of them, its types compile and are the same every time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { generateTypes } from "../../src/openrpc/index.ts";
import { compileErrors } from "./compiled.ts";
import { documentOf, reference } from "./documents.ts";
import { componentNames, schemaArbitrary } from "./random-schemas.ts";

/** Names and texts that could get out of where they stand. */
const hostile = fc.oneof(
  fc.constantFrom(
    ...["*/", "/**", "*/ export const a = 1; /*", "//", "\n*/\n", "`", "${", '"', "'", "\\", "\\u002a/", "</script>"],
    ...[
      "constructor",
      "__proto__",
      "new",
      "this",
      "arguments",
      "function",
      "any",
      "never",
      "Api",
      "ApiErrors",
      "string",
    ],
    ...[
      "\u2028",
      "\u2029",
      "\u202e",
      "\u0000",
      "\r",
      "\ud800",
      "@param a",
      "{@link",
      "#",
      "1.",
      "a b",
      "é",
      "日本",
      "😀",
      "0",
    ],
    ...[
      "get",
      "readonly",
      "in",
      "x".repeat(130),
      "word ".repeat(60),
      "-".repeat(5),
      "A",
      "a",
      "constructor()",
      "[key: string]",
    ],
  ),
  fc.string({ unit: "binary", minLength: 1, maxLength: 8 }),
);
const text = fc.array(hostile, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(""));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** A schema with hostile texts in it, among others as names of members. */
const schema = fc.oneof(
  schemaArbitrary,
  fc.record(
    {
      description: text,
      title: text,
      default: fc.jsonValue(),
      examples: fc.array(fc.jsonValue()),
      enum: fc.array(fc.jsonValue()),
    },
    { requiredKeys: [] },
  ),
  fc.record({
    type: fc.constant("object"),
    properties: fc.dictionary(text, fc.record({ description: text, deprecated: fc.boolean() }), { maxKeys: 4 }),
    required: fc.array(text, { maxLength: 2 }),
  }),
  fc.constantFrom(...componentNames).map((name) => ({ ...reference(name), description: "beside" })),
);
const descriptor = fc.record({ name: text, description: maybe(text), required: fc.boolean(), schema });
const method = fc.record({
  name: text,
  summary: maybe(text),
  description: maybe(text),
  deprecated: fc.boolean(),
  paramStructure: fc.constantFrom("either", "by-name", "by-position"),
  params: fc.uniqueArray(descriptor, { maxLength: 3, selector: ({ name }) => name }),
  result: maybe(descriptor),
  errors: fc.array(fc.record({ code: fc.integer(), message: text, data: fc.oneof(schema, fc.jsonValue()) }), {
    maxLength: 2,
  }),
  examples: fc.array(
    fc.record({
      name: text,
      params: fc.array(fc.record({ name: text, value: fc.jsonValue() })),
      result: maybe(fc.record({ name: text, value: fc.jsonValue() })),
    }),
    { maxLength: 2 },
  ),
});
const document = fc
  .tuple(
    fc.uniqueArray(method, { maxLength: 4, selector: ({ name }) => name }),
    fc.dictionary(text, schema, { maxKeys: 3 }),
    fc.record({ title: text, version: text, description: maybe(text) }),
  )
  .map(([methods, others, info]) => {
    const own = { A: { properties: { a: reference("A") } }, B: { items: reference("constructor") }, constructor: true };
    return JSON.parse(JSON.stringify(documentOf(methods, { ...others, ...own }, { info })));
  });

test("the types of any document compile, and are the same for the same document", () => {
  const seed = Date.now() | 0;
  const documents = fc.sample(document, { numRuns: 100, seed });
  const files = documents.map((document, index) => {
    const types = generateTypes(document);
    assert.equal(generateTypes(JSON.stringify(document)), types);
    const code = types.replace(/"(?:[^"\\]|\\.)*"|\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    assert.doesNotMatch(code, /\bconst\b|@param|<\/script/, `seed ${seed}: a text became code`);
    return [`types-${index}.d.ts`, types];
  });
  const errors = compileErrors(Object.fromEntries(files));
  assert.equal(errors, "", `seed ${seed}`);
});
