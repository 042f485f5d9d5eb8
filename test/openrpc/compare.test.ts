import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compareDocuments, type Finding, formatFindings, InvalidDocumentError } from "../../src/openrpc/index.ts";
import { documentOf, methodOf, paramDocument, reference, resultDocument } from "./documents.ts";

type Json = { readonly [name: string]: unknown };

const string = { type: "string" };
const number = { type: "number" };
const object = (properties: object, ...required: string[]) => ({ type: "object", properties, required });

/** Findings as lines: `breaking param-removed params.limit`. */
function lines(findings: readonly Finding[]): string[] {
  return findings.map(({ severity, kind, path }) => [severity, kind, path.join(".")].filter(Boolean).join(" "));
}

describe("two documents", () => {
  const api = documentOf([methodOf("a"), methodOf("b", { "limit?": number })]);

  for (const [what, before, after, expected] of [
    ["the same", api, api, []],
    ["other words", api, { ...api, info: { title: "New", version: "9" } }, []],
    ["a method less", api, documentOf([methodOf("a")]), ["breaking method-removed"]],
    ["a method more", documentOf([methodOf("a")]), api, ["compatible method-added"]],
    [
      "a method of a name that all objects have",
      documentOf([]),
      documentOf([methodOf("constructor")]),
      ["compatible method-added"],
    ],
    [
      "methods in another order",
      documentOf([methodOf("a"), methodOf("b")]),
      documentOf([methodOf("b"), methodOf("a")]),
      [],
    ],
  ] as const) {
    it(`with ${what}`, () => assert.deepEqual(lines(compareDocuments(before, after)), expected));
  }

  it("are told apart by what their references lead to", () => {
    const before = resultDocument(reference("Pet"), { Pet: object({ name: string }, "name") });
    const after = resultDocument(reference("Pet"), { Pet: object({ name: string }) });
    assert.deepEqual(lines(compareDocuments(before, after)), ["breaking property-optional result.name"]);
  });

  it("are the same when only the names of components differ", () => {
    const before = resultDocument(reference("Pet"), { Pet: object({ next: reference("Pet") }) });
    const after = resultDocument(reference("Animal"), { Animal: object({ next: reference("Animal") }) });
    assert.deepEqual(compareDocuments(before, after), []);
  });

  it("are both read with care", () => {
    assert.throws(() => compareDocuments(api, {}), InvalidDocumentError);
    assert.throws(() => compareDocuments({}, api), InvalidDocumentError);
    assert.throws(() => compareDocuments(api, documentOf([methodOf("a"), methodOf("b", { "limit?": 5 })])), /a schema/);
  });
});

describe("the params of a method", () => {
  const method = (params: Json, more: Json = {}) => documentOf([methodOf("get", params, true, more)]);
  const byName = { paramStructure: "by-name" };
  const byPosition = { paramStructure: "by-position" };
  const ab = { a: string, b: string };

  for (const [what, before, after, expected] of [
    ["one less", method(ab), method({ a: string }), ["breaking param-removed params.b"]],
    [
      "an optional one more",
      method({ a: string }),
      method({ a: string, "b?": string }),
      ["compatible param-added params.b"],
    ],
    ["a required one more", method({ a: string }), method(ab), ["breaking param-added params.b"]],
    [
      "an optional one in front",
      method({ a: string }, byPosition),
      method({ "b?": string, a: string }, byPosition),
      ["breaking param-moved params.a", "compatible param-added params.b"],
    ],
    [
      "an optional one in front, by name",
      method({ a: string }, byName),
      method({ "b?": string, a: string }, byName),
      ["compatible param-moved params.a", "compatible param-added params.b"],
    ],
    ["one that is required now", method({ "a?": string }), method({ a: string }), ["breaking param-required params.a"]],
    [
      "one that is optional now",
      method({ a: string }),
      method({ "a?": string }),
      ["compatible param-optional params.a"],
    ],
    ["another name", method({ a: string }), method({ b: string }), ["breaking param-renamed params.a"]],
    [
      "another name, by position",
      method({ a: string }, byPosition),
      method({ b: string }, byPosition),
      ["compatible param-renamed params.a"],
    ],
    [
      "another name, by name",
      method({ a: string }, byName),
      method({ b: string }, byName),
      ["breaking param-removed params.a", "breaking param-added params.b"],
    ],
    [
      "two in another order",
      method(ab),
      method({ b: string, a: string }),
      ["breaking param-moved params.a", "breaking param-moved params.b"],
    ],
    [
      "two in another order, by name",
      method(ab, byName),
      method({ b: string, a: string }, byName),
      ["compatible param-moved params.a", "compatible param-moved params.b"],
    ],
    ["no longer by position", method(ab), method(ab, byName), ["breaking structure-changed params"]],
    ["no longer by name", method(ab), method(ab, byPosition), ["breaking structure-changed params"]],
    [
      "by name instead of by position",
      method(ab, byPosition),
      method(ab, byName),
      ["breaking structure-changed params"],
    ],
    ["now also by position", method(ab, byName), method(ab), ["compatible structure-changed params"]],
    ["none, by name or not", method({}), method({}, byName), ["compatible structure-changed params"]],
    [
      "a wider type",
      method({ a: string }),
      method({ a: { type: ["string", "null"] } }),
      ["compatible schema-widened params.a"],
    ],
    ["a narrower type", method({ a: true }), method({ a: string }), ["breaking schema-narrowed params.a"]],
  ] as const) {
    it(`with ${what}`, () => assert.deepEqual(lines(compareDocuments(before, after)), expected));
  }
});

describe("the result and the errors of a method", () => {
  const withErrors = (...errors: Json[]) => documentOf([methodOf("get", {}, true, { errors })]);
  const gone = { code: 410, message: "Gone", data: object({ since: string }, "since") };

  for (const [what, before, after, expected] of [
    [
      "no result any more",
      resultDocument(true),
      documentOf([{ name: "get", params: [] }]),
      ["breaking result-removed result"],
    ],
    [
      "a result now",
      documentOf([{ name: "get", params: [] }]),
      resultDocument(true),
      ["compatible result-added result"],
    ],
    ["an error less", withErrors(gone), withErrors(), ["unclear error-removed errors.410"]],
    ["an error more", withErrors(), withErrors(gone), ["compatible error-added errors.410"]],
    [
      "an error with less data",
      withErrors(gone),
      withErrors({ ...gone, data: object({}) }),
      ["breaking property-removed errors.410.data.since"],
    ],
    ["an error in other words", withErrors(gone), withErrors({ ...gone, message: "Not here" }), []],
    [
      "a warning",
      documentOf([methodOf("get")]),
      documentOf([methodOf("get", {}, true, { deprecated: true })]),
      ["compatible method-deprecated"],
    ],
  ] as const) {
    it(`with ${what}`, () => assert.deepEqual(lines(compareDocuments(before, after)), expected));
  }
});

describe("a schema", () => {
  const closed = { additionalProperties: false };
  const [pet, dog] = [
    object({ kind: { const: "pet" }, name: string }, "kind"),
    object({ kind: { const: "dog" } }, "kind"),
  ];

  // What it is before and after; what that means as a parameter; what it means as a result.
  for (const [before, after, asParam, asResult] of [
    [string, string, [], []],
    [string, { type: "string", description: "new", default: "a", title: "T", examples: ["b"] }, [], []],
    [string, { allOf: [string, true] }, [], []],
    [string, number, ["breaking schema-changed"], ["breaking schema-changed"]],
    [{ type: "integer" }, number, ["compatible schema-widened"], ["breaking schema-widened"]],
    [number, { type: "integer" }, ["breaking schema-narrowed"], ["compatible schema-narrowed"]],
    [string, { type: "string", nullable: true }, ["compatible schema-widened"], ["breaking schema-widened"]],
    [{ type: ["string", "null"] }, { anyOf: [{ type: "null" }, string] }, [], []],
    [{ enum: ["a", "b"] }, { oneOf: [{ const: "b" }, { const: "a" }] }, [], []],
    [{ enum: ["a", "b"] }, { enum: ["a"] }, ["breaking schema-narrowed"], ["compatible schema-narrowed"]],
    [{ enum: ["a"] }, { enum: ["a", "b"] }, ["compatible schema-widened"], ["breaking schema-widened"]],
    [string, { enum: ["a"] }, ["breaking schema-narrowed"], ["compatible schema-narrowed"]],
    [{ type: "boolean" }, { enum: [true] }, ["breaking schema-narrowed"], ["compatible schema-narrowed"]],
    [{ const: { a: 1, b: 2 } }, { const: { b: 2, a: 1 } }, [], []],
    [string, { ...string, maxLength: 5 }, ["breaking schema-narrowed"], ["compatible schema-narrowed"]],
    [{ ...number, minimum: 5 }, { ...number, minimum: 3 }, ["compatible schema-widened"], ["breaking schema-widened"]],
    [{ ...number, minimum: 5 }, { ...number, allOf: [{ minimum: 3 }, { minimum: 5 }] }, [], []],
    [{ ...string, minimum: 5 }, string, [], []],
    [string, { ...string, pattern: "^a" }, ["breaking schema-narrowed"], ["compatible schema-narrowed"]],
    [
      { ...string, pattern: "^b" },
      { ...string, pattern: "^a" },
      ["unclear schema-unclear"],
      ["unclear schema-unclear"],
    ],
    [string, { ...string, format: "uri" }, ["unclear schema-unclear"], ["unclear schema-unclear"]],
    [{ not: string }, { not: number }, ["unclear schema-unclear"], ["unclear schema-unclear"]],
    [{ not: string }, { not: string }, [], []],
    [
      { items: string },
      { items: { type: ["string", "null"] } },
      ["compatible schema-widened []"],
      ["breaking schema-widened []"],
    ],
    [
      { type: "array", items: [string] },
      { type: "array", prefixItems: [number] },
      ["breaking schema-changed [0]"],
      ["breaking schema-changed [0]"],
    ],
    [
      { ...object({ a: string }), ...closed },
      { ...object({ a: string, b: string }), ...closed },
      ["compatible property-added b"],
      ["unclear property-added b"],
    ],
    [
      object({ a: string }),
      object({ a: string, b: string }),
      ["compatible property-added b"],
      ["compatible property-added b"],
    ],
    [
      object({ a: string }),
      object({ a: string, b: string }, "b"),
      ["breaking property-added b"],
      ["compatible property-added b"],
    ],
    [
      object({ a: string, b: string }),
      object({ a: string }),
      ["unclear property-removed b"],
      ["breaking property-removed b"],
    ],
    [
      object({ a: string, b: string }),
      { ...object({ a: string }), ...closed },
      ["breaking property-removed b", "breaking properties-closed"],
      ["breaking property-removed b", "compatible properties-closed"],
    ],
    [
      { ...object({ a: string }), ...closed },
      object({ a: string }),
      ["compatible properties-opened"],
      ["unclear properties-opened"],
    ],
    [
      object({ a: string }, "a"),
      object({ a: string }),
      ["compatible property-optional a"],
      ["breaking property-optional a"],
    ],
    [
      object({ a: string }),
      object({ a: string }, "a"),
      ["breaking property-required a"],
      ["compatible property-required a"],
    ],
    [
      object({ a: object({ b: string }) }),
      object({ a: object({ b: number }) }),
      ["breaking schema-changed a.b"],
      ["breaking schema-changed a.b"],
    ],
    [
      { type: "object", additionalProperties: string },
      { type: "object", additionalProperties: number },
      ["breaking schema-changed [key]"],
      ["breaking schema-changed [key]"],
    ],
    [
      { type: "object", additionalProperties: string },
      { type: "object", properties: { a: number }, additionalProperties: string },
      ["compatible property-added a", "breaking schema-changed a"],
      ["compatible property-added a", "breaking schema-changed a"],
    ],
    [
      { type: "object", additionalProperties: string },
      { type: "object", properties: { a: string }, additionalProperties: string },
      ["compatible property-added a"],
      ["compatible property-added a"],
    ],
    [
      { type: "object", additionalProperties: { type: "array" } },
      { type: "object", properties: { a: true }, additionalProperties: false },
      ["compatible property-added a", "compatible schema-widened a", "breaking properties-closed"],
      ["compatible property-added a", "breaking schema-widened a", "compatible properties-closed"],
    ],
    [{ oneOf: [pet] }, { oneOf: [dog, pet] }, ["compatible schema-widened"], ["breaking schema-widened"]],
    [{ oneOf: [pet, dog] }, { oneOf: [dog] }, ["breaking schema-narrowed"], ["compatible schema-narrowed"]],
    [
      { oneOf: [dog, pet] },
      { oneOf: [{ ...pet, required: ["kind", "name"] }, dog] },
      ["breaking property-required name"],
      ["compatible property-required name"],
    ],
    [
      { anyOf: [{ enum: ["a"] }, number] },
      { anyOf: [string, number] },
      ["compatible schema-widened"],
      ["breaking schema-widened"],
    ],
    [{ anyOf: [string, { ...string, maxLength: 3 }] }, { anyOf: [string] }, [], []],
    [true, false, ["breaking schema-narrowed"], ["compatible schema-narrowed"]],
    [
      JSON.parse(
        '{"properties": {"__proto__": {"type": "string"}, "constructor": {"type": "string"}}, "type": "object"}',
      ),
      { type: "object", properties: {} },
      ["unclear property-removed __proto__", "unclear property-removed constructor"],
      ["breaking property-removed __proto__", "breaking property-removed constructor"],
    ],
  ] as const) {
    it(`from ${JSON.stringify(before)} to ${JSON.stringify(after)}`, () => {
      const param = lines(compareDocuments(paramDocument(before), paramDocument(after)));
      const result = lines(compareDocuments(resultDocument(before), resultDocument(after)));
      assert.deepEqual([param, result], [shifted(asParam, "params.value"), shifted(asResult, "result")]);
    });
  }

  it("that has itself in it is compared once", () => {
    const schemas = (value: Json) => ({ Tree: object({ value, left: reference("Tree"), right: reference("Tree") }) });
    const findings = compareDocuments(
      resultDocument(reference("Tree"), schemas(string)),
      resultDocument(reference("Tree"), schemas(number)),
    );
    assert.deepEqual(lines(findings), ["breaking schema-changed result.value"]);
  });

  it("of unions in unions is compared in a bounded time", () => {
    const level = (index: number) => ({
      anyOf: Array.from({ length: 8 }, (_, other) => object({ [`p${other}`]: reference(`L${index + 1}`) })),
    });
    const levels = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`L${index}`, level(index)]));
    const [before, after] = [string, number].map((L12) => resultDocument(reference("L0"), { ...levels, L12 }));
    const path = ["result", ...Array.from({ length: 12 }, () => "p0")].join(".");
    assert.deepEqual(lines(compareDocuments(before, after)), [`breaking schema-changed ${path}`]);
  });

  it("of too many alternatives is the same, or it is unclear", () => {
    const parts = (name: string) => [{ const: name }, ...Array.from({ length: 30 }, (_, index) => ({ const: index }))];
    const schema = (name: string) => ({ anyOf: parts(name), oneOf: parts("c") });
    assert.deepEqual(compareDocuments(resultDocument(schema("a")), resultDocument(schema("a"))), []);
    const findings = compareDocuments(resultDocument(schema("a")), resultDocument(schema("b")));
    assert.deepEqual(lines(findings), ["unclear schema-unclear result"]);
  });

  it("of which there is too much to compare is said to be unclear", () => {
    const union = (name: string) => ({
      anyOf: Array.from({ length: 60 }, (_, index) => object({ [name + index]: string })),
    });
    const [before, after] = ["a", "b"].map((name) => {
      return documentOf(Array.from({ length: 30 }, (_, index) => methodOf(`m${index}`, {}, union(name))));
    });
    const findings = compareDocuments(before, after);
    assert(
      findings.some(({ severity, message }) => severity === "unclear" && message === "there is too much to compare"),
    );
  });
});

describe("findings", () => {
  const findings = compareDocuments(
    documentOf([methodOf("old"), methodOf("get", { "limit?": number }, { items: object({ id: string }) })]),
    documentOf([methodOf("get", { limit: number }, { items: object({ id: { enum: ["a", "b"] } }) }), methodOf("new")]),
  );

  it("say what, how bad, where, and that in words", () => {
    assert.deepEqual(findings[1], {
      kind: "param-required",
      severity: "breaking",
      method: "get",
      path: ["params", "limit"],
      message: "must be given now",
    });
  });

  it("read as a report, the worst first", () => {
    assert.equal(
      formatFindings(findings),
      [
        "Breaking",
        "  old: is no longer there",
        "  get params.limit: must be given now",
        "",
        "Compatible",
        '  get result[].id: was string, is "a" | "b"',
        "  new: is new",
        "",
        "2 breaking, 0 unclear, 2 compatible",
        "",
      ].join("\n"),
    );
    assert.equal(formatFindings([]), "No differences.\n");
  });

  it("cannot turn or clear a terminal by their names", () => {
    const report = formatFindings(
      compareDocuments(documentOf([methodOf("a\u001b[2J\u202eb\nBreaking")]), documentOf([])),
    );
    assert.match(report, /^Breaking\n {2}a\\u\{1b\}\[2J\\u\{202e\}b Breaking: is no longer there\n/);
  });
});

/** Expected lines with the path in front of theirs. */
function shifted(expected: readonly string[], path: string): string[] {
  return expected.map((line) => {
    const [severity, kind, rest] = line.split(" ");
    return `${severity} ${kind} ${[path, rest].filter(Boolean).join(".")}`;
  });
}
