/** Properties of comparisons, over random documents and edits. A failure prints the seed that repeats it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Ajv } from "ajv";
import fc from "fast-check";
import { compareDocuments, type Finding, type FindingKind, type Severity } from "../../src/openrpc/index.ts";
import { documentOf, methodOf, paramDocument, reference, resultDocument } from "./documents.ts";
import { componentNames, schemaArbitrary, values } from "./random-schemas.ts";

/** The components that random schemas refer to. None of them is itself without end. */
const schemas = {
  A: { type: "object", properties: { a: reference("A"), b: { type: "string" } } },
  B: { anyOf: [{ type: "string" }, { type: "array", items: reference("B") }] },
  constructor: { enum: ["x", 1, null] },
};

const severe = (findings: readonly Finding[]) => findings.filter(({ severity }) => severity !== "compatible");

describe("random schemas", () => {
  it("do not differ from themselves, however they are written down", () => {
    fc.assert(
      fc.property(schemaArbitrary, (schema) => {
        const document = resultDocument(schema, schemas);
        assert.deepEqual(compareDocuments(document, JSON.stringify(document)), []);
        const wrapped = resultDocument({ allOf: [reference("S"), true] }, { ...schemas, S: schema });
        assert.deepEqual(compareDocuments(document, wrapped), []);
      }),
    );
  });

  it("that differ without a word of warning take what was taken, as another's validator sees it", () => {
    let silent = 0;
    fc.assert(
      fc.property(schemaArbitrary, schemaArbitrary, fc.boolean(), (before, other, either) => {
        // Two random schemas are seldom compatible; one that takes the other's values besides mostly is.
        const after = either ? { anyOf: [before, other] } : other;
        const [was, is] = [takes(before), takes(after)];
        const params = compareDocuments(paramDocument(before, schemas), paramDocument(after, schemas));
        // A new member that may be missing is no narrower schema in practice, though it is one by the letter.
        const isLetter = params.some(({ kind }) => kind === "property-added");
        if (severe(params).length === 0 && !isLetter) {
          silent++;
          for (const value of values)
            assert(!was(value) || is(value), `${JSON.stringify(value)} is not taken any more`);
        }
        const results = compareDocuments(resultDocument(before, schemas), resultDocument(after, schemas));
        if (severe(results).length > 0) return;
        silent++;
        for (const value of values) assert(!is(value) || was(value), `${JSON.stringify(value)} comes now too`);
      }),
      { numRuns: 200 },
    );
    assert(silent > 10, `only ${silent} pairs were said to be compatible`);
  });
});

interface Edit {
  readonly name: string;
  /** Changes the methods of a document in place. */
  apply(methods: { [name: string]: unknown }[]): void;
  readonly kind: FindingKind;
  readonly severity: Severity;
}

/** Edits of the method `target` of a document, and what is to be found of each. */
const edits: readonly Edit[] = [
  {
    name: "remove it",
    kind: "method-removed",
    severity: "breaking",
    apply: (methods) => void methods.splice(indexOf(methods), 1),
  },
  {
    name: "take its params by name only",
    kind: "structure-changed",
    severity: "breaking",
    apply: (methods) => void Object.assign(target(methods), { paramStructure: "by-name" }),
  },
  {
    name: "demand another parameter",
    kind: "param-added",
    severity: "breaking",
    apply: (methods) => void params(methods).push({ name: "new", required: true, schema: true }),
  },
  {
    name: "take another parameter",
    kind: "param-added",
    severity: "compatible",
    apply: (methods) => void params(methods).push({ name: "new", schema: true }),
  },
  {
    name: "take its first parameter no longer",
    kind: "param-removed",
    severity: "breaking",
    apply: (methods) => void params(methods).shift(),
  },
  {
    name: "swap its parameters",
    kind: "param-moved",
    severity: "breaking",
    apply: (methods) => void params(methods).reverse(),
  },
  {
    name: "rename a parameter",
    kind: "param-renamed",
    severity: "breaking",
    apply: (methods) => void Object.assign(params(methods)[0] as object, { name: "renamed" }),
  },
  {
    name: "demand its second parameter",
    kind: "param-required",
    severity: "breaking",
    apply: (methods) => void Object.assign(params(methods)[1] as object, { required: true }),
  },
  {
    name: "take only null",
    kind: "schema-narrowed",
    severity: "breaking",
    apply: (methods) => void Object.assign(params(methods)[1] as object, { schema: { type: "null" } }),
  },
  {
    name: "be only notified",
    kind: "result-removed",
    severity: "breaking",
    apply: (methods) => void delete target(methods).result,
  },
  {
    name: "declare an error",
    kind: "error-added",
    severity: "compatible",
    apply: (methods) => void Object.assign(target(methods), { errors: [{ code: 1, message: "x" }] }),
  },
];

const indexOf = (methods: readonly { [name: string]: unknown }[]) => methods.findIndex(({ name }) => name === "target");
const target = (methods: { [name: string]: unknown }[]) => methods[indexOf(methods)] as { [name: string]: unknown };
const params = (methods: { [name: string]: unknown }[]) => target(methods).params as { [name: string]: unknown }[];

describe("an edit of a random document", () => {
  for (const { name, apply, kind, severity } of edits) {
    it(`is found: ${name}`, () => {
      fc.assert(
        fc.property(fc.array(schemaArbitrary, { minLength: 3, maxLength: 3 }), fc.nat(2), (some, place) => {
          const methods = [methodOf("one", { x: some[0] }, some[1]), methodOf("two", {}, some[2])];
          methods.splice(place, 0, methodOf("target", { first: some[0], "second?": true }, some[1]));
          const edited = structuredClone(methods) as { [name: string]: unknown }[];
          apply(edited);
          const findings = compareDocuments(documentOf(methods, schemas), documentOf(edited, schemas));
          const found = findings.find((finding) => finding.kind === kind);
          assert.deepEqual([found?.severity, found?.method], [severity, "target"]);
          assert(findings.every(({ method }) => method === "target"));
        }),
        { numRuns: 30 },
      );
    });
  }
});

/** Whether a value fits a schema, as ajv sees it. */
function takes(schema: unknown): (value: unknown) => boolean {
  const ajv = new Ajv({ strict: false });
  const components = { schemas: Object.fromEntries(componentNames.map((name) => [name, Object(schemas)[name]])) };
  const validate = ajv.compile({ components, allOf: [schema] });
  return (value) => validate(value) === true;
}
