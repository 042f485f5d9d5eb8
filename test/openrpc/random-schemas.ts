/** Random JSON Schemas, draft-07, and values to try them with. */
import fc from "fast-check";
import { reference } from "./documents.ts";

export const componentNames = ["A", "B", "constructor"];

const propertyName = fc.constantFrom("a", "b", "c", "toString");

const leaf = fc.oneof(
  fc.constantFrom<unknown>(
    ...[true, {}, { type: "string" }, { type: "integer" }, { type: "number" }, { type: "null" }, { type: "boolean" }],
    ...[{ type: ["string", "null"] }, { type: ["integer", "array"] }, { minimum: 1 }, { const: "x" }, { const: 1 }],
    ...[{ type: "string", minLength: 2 }, { type: "number", maximum: 1 }, { enum: ["x", "yy", 1, null] }],
    ...[{ enum: ["x", "yy"] }, { type: "array", maxItems: 1 }, { type: "object" }, { type: "string", pattern: "^x" }],
  ),
  fc.constantFrom(...componentNames).map((name) => reference(name)),
);

/** Schemas whose references lead to the components of these names. */
export const schemaArbitrary: fc.Arbitrary<unknown> = fc.letrec<{ schema: unknown }>((tie) => {
  const schema = tie("schema");
  const some = fc.array(schema, { minLength: 1, maxLength: 3 });
  const object = fc.record(
    {
      type: fc.constantFrom("object", ["object", "null"]),
      properties: fc.dictionary(propertyName, schema, { maxKeys: 3 }),
      required: fc.uniqueArray(propertyName, { maxLength: 2 }),
      additionalProperties: fc.oneof(fc.boolean(), schema),
    },
    { requiredKeys: ["type"] },
  );
  const array = fc.record(
    { type: fc.constant("array"), items: fc.oneof(schema, some), minItems: fc.nat(2) },
    { requiredKeys: ["type"] },
  );
  const parts = fc.record({ anyOf: some, allOf: some, not: schema }, { requiredKeys: [] });
  return { schema: fc.oneof({ depthSize: "small", withCrossShrink: true }, leaf, object, array, parts) };
}).schema;

/** Values that tell schemas apart: of each kind, and made of each other. */
export const values: readonly unknown[] = (() => {
  const flat = [null, true, false, 0, 1, 2, 0.5, 1.5, "", "x", "yy", "zzz"];
  const objects = ["a", "b", "c", "toString"].flatMap((name) => flat.map((value) => ({ [name]: value })));
  const arrays = flat.flatMap((value) => [[value], [value, "x"], ["x", value]]);
  const pairs = [null, 1, "x", "yy"].flatMap((a) => [null, 1, "x"].map((b) => ({ a, b })));
  const nested = [...flat, ...objects, ...arrays].flatMap((value) => [{ a: value }, [value], { a: 1, b: value }]);
  return [...flat, [], {}, ...objects, ...arrays, ...pairs, ...nested];
})();
