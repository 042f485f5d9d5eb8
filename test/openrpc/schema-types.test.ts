/** What type a JSON Schema becomes. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { generateTypes, InvalidDocumentError } from "../../src/openrpc/index.ts";
import { reference, resultDocument } from "./documents.ts";

/** The type as the result of a method. */
function typeOf(schema: unknown, schemas?: { readonly [name: string]: unknown }): string {
  const text = generateTypes(resultDocument(schema, schemas), { comments: false });
  return /^ {2}get: \(\) => (.*?);\n\}/ms.exec(text)?.[1] ?? text;
}

const object = (properties: object, more: object = {}) => ({ type: "object", properties, ...more });
const string = { type: "string" };
const number = { type: "number" };

describe("the type of a schema", () => {
  for (const [schema, type] of [
    [true, "unknown"],
    [{}, "unknown"],
    [false, "unknown"],
    [object({ a: false }), "{ a?: never }"],
    [string, "string"],
    [{ type: "integer", format: "int64", minimum: 3 }, "number"],
    [{ type: "boolean" }, "boolean"],
    [{ type: "null" }, "null"],
    [{ type: ["string", "null"] }, "string | null"],
    [{ type: ["integer", "number"] }, "number"],
    [{ type: "string", nullable: true }, "string | null"],
    [{ const: "a" }, '"a"'],
    [{ const: null }, "null"],
    [{ type: "number", const: -1.5 }, "-1.5"],
    [{ const: { a: [1, {}] } }, "{ a: [1, { [key: string]: never }] }"],
    [{ type: "string", enum: ["a", "b\n", 'c"', "a"] }, String.raw`"a" | "b\n" | "c\""`],
    [{ enum: [true, null, false] }, "boolean | null"],
    [{ enum: [] }, "never"],
    [{ anyOf: [string, number] }, "string | number"],
    [{ oneOf: [string, {}] }, "unknown"],
    [
      {
        anyOf: [
          { type: "string", format: "uri" },
          { type: "string", maxLength: 3 },
        ],
      },
      "string",
    ],
    [{ type: "string", oneOf: [{ const: "a" }, { const: "b" }] }, '"a" | "b"'],
    [{ oneOf: [{ const: 1 }, { const: 2 }], anyOf: [number] }, "1 | 2"],
    [{ oneOf: [{ const: 1 }, { const: "a" }], anyOf: [number] }, 'number & (1 | "a")'],
    [{ allOf: [object({ a: string }), object({ b: number })] }, "{ a?: string } & { b?: number }"],
    [{ allOf: [string, {}, true] }, "string"],
    [{ allOf: [string, false] }, "never"],
    [{ type: "object", oneOf: [object({ a: string }), object({ b: string })] }, "{ a?: string } | { b?: string }"],
    [{ not: string }, "unknown"],
    [{ type: "string", if: { minLength: 1 }, else: { pattern: "a" } }, "string"],
    [{ type: "array" }, "unknown[]"],
    [{ items: string }, "string[]"],
    [{ type: "array", items: { type: ["string", "null"] } }, "(string | null)[]"],
    [{ type: "array", items: [string, number] }, "[string, number]"],
    [{ type: "array", items: [string] }, "string[]"],
    [{ type: "array", items: [string], maxItems: 1 }, "[string]"],
    [{ type: "array", prefixItems: [string] }, "[string]"],
    [{ type: "array", prefixItems: [string, number], items: false }, "[string, number]"],
    [{ type: "array", prefixItems: [string, { type: ["null", "string"] }], minItems: 1 }, "[string, (null | string)?]"],
    [{ type: "array", prefixItems: [string], items: number }, "[string, ...number[]]"],
    [
      { type: "array", items: [string], additionalItems: { type: ["null", "number"] } },
      "[string, ...(null | number)[]]",
    ],
    [{ type: "object" }, "{ [key: string]: unknown }"],
    [{ type: "object", additionalProperties: false }, "{ [key: string]: never }"],
    [{ type: "object", additionalProperties: true }, "{ [key: string]: unknown }"],
    [{ additionalProperties: true }, "unknown"],
    [{ additionalProperties: {} }, "unknown"],
    [{ additionalProperties: string }, "{ [key: string]: string }"],
    [{ additionalProperties: false }, "{ [key: string]: never }"],
    [object({}), "{ [key: string]: unknown }"],
    [object({ a: string, "b-c": number }, { required: ["b-c"] }), '{ a?: string; "b-c": number }'],
    [{ properties: { a: string } }, "{ a?: string }"],
    [
      object({ new: string, constructor: string, 1: string, é: string }),
      '{ "1"?: string; "new"?: string; "constructor"?: string; é?: string }',
    ],
    [object({}, { required: ["a"] }), "{ a: unknown }"],
    [object({ a: string }, { required: true }), "{ a?: string }"],
    [object({ a: string }, { additionalProperties: true }), "{ a?: string; [key: string]: unknown }"],
    [
      object({ a: string }, { additionalProperties: number }),
      "{ a?: string; [key: string]: number | string | undefined }",
    ],
    [
      object({ a: string }, { required: ["a"], additionalProperties: number }),
      "{ a: string; [key: string]: number | string }",
    ],
    [{ type: "object", patternProperties: { "^x": number } }, "{ [key: string]: number }"],
    [
      { type: "object", patternProperties: { "^x": number }, additionalProperties: string },
      "{ [key: string]: number | string }",
    ],
    [
      object({ a: string }, { anyOf: [{ required: ["a"] }, { required: ["b"] }] }),
      "{ a?: string } & ({ a: unknown } | { b: unknown })",
    ],
    [JSON.parse('{"type": "object", "properties": {"__proto__": {"type": "string"}}}'), "{ __proto__?: string }"],
  ] as const) {
    it(`${JSON.stringify(schema)} is ${type}`, () => assert.equal(typeOf(schema), type));
  }

  it("has a name where it is referred to, and says what stands beside the reference", () => {
    assert.equal(typeOf(reference("Pet"), { Pet: string }), "Pet");
    assert.equal(typeOf({ ...reference("Pet"), nullable: true }, { Pet: string }), "Pet | null");
    assert.equal(typeOf({ ...reference("Pet"), required: ["a"] }, { Pet: object({}) }), "Pet & { a: unknown }");
    assert.equal(typeOf({ type: "object", allOf: [reference("Pet")] }, { Pet: object({}) }), "Pet");
  });

  it("may have itself in it", () => {
    const text = generateTypes(
      resultDocument(reference("Tree"), {
        Tree: object({ left: reference("Tree"), all: { type: "array", items: reference("Tree") } }),
        List: { anyOf: [{ type: "null" }, { type: "array", items: reference("List") }] },
      }),
    );
    assert.match(text, /export interface Tree \{\n {2}left\?: Tree;\n {2}all\?: Tree\[\];\n\}/);
    assert.match(text, /export type List = null \| List\[\];/);
  });

  it("may be defined where it was when the schema stood alone", () => {
    const pasted = { $defs: { Node: object({ next: { $ref: "#/$defs/Node" } }) }, $ref: "#/$defs/Node" };
    const identified = { $id: "urn:x", definitions: { Leaf: string }, items: { $ref: "#/definitions/Leaf" } };
    assert.equal(typeOf(object({ pasted, identified })), "{ pasted?: Node; identified?: Leaf[] }");
  });

  it("gets names that are none yet, and that can be names", () => {
    const schemas = {
      Pet: true,
      pet: true,
      "pet!": true,
      "2d": true,
      string: true,
      "": true,
      Api: true,
      "../a/b": true,
    };
    const names = [...generateTypes(resultDocument(true, schemas)).matchAll(/^export (?:type|interface) (\S+)/gm)];
    assert.deepEqual(
      names.map(([, name]) => name),
      ["Api", "Pet", "Pet2", "Pet3", "_2d", "String", "Unnamed", "Api2", "AB"],
    );
  });

  for (const [what, schema, schemas, says] of [
    ["a schema that is a string", "string", {}, /expected a schema, which is an object, true or false, got "string"/],
    ["an unknown type", { type: "text" }, {}, /\/type: expected a type of JSON, got "text"/],
    ["an enum that is no array", { enum: "a" }, {}, /\/enum: expected an array/],
    ["properties in an array", { properties: [] }, {}, /\/properties: expected an object/],
    ["required names that are none", { required: [1] }, {}, /\/required\/0: expected a name/],
    ["a reference to nothing", reference("Pet"), {}, /there is no "#\/components\/schemas\/Pet"/],
    ["a reference to another document", { $ref: "pet.json" }, {}, /others are not fetched/],
    ["a schema that is only itself", reference("A"), { A: reference("A") }, /refers to itself without end/],
    [
      "schemas that are only each other",
      reference("A"),
      { A: { allOf: [reference("B")] }, B: reference("A") },
      /refers to itself without end/,
    ],
    [
      "a schema that is itself or something else",
      reference("A"),
      { A: { anyOf: [reference("A"), string] } },
      /\/components\/schemas\/A: the schema refers to itself without end/,
    ],
  ] as const) {
    it(`is refused for ${what}`, () => {
      assert.throws(
        () => typeOf(schema, schemas),
        (error: Error) => error instanceof InvalidDocumentError && says.test(error.message),
      );
    });
  }
});
