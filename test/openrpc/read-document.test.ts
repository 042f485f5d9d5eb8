import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidDocumentError, readDocument } from "../../src/openrpc/index.ts";
import { documentOf, methodOf } from "./documents.ts";

const info = { title: "Test", version: "1" };

describe("an OpenRPC document", () => {
  it("is read from its text or its value, and kept as it is", () => {
    const document = documentOf([methodOf("add", { a: { type: "number" } })], {}, { "x-more": 1 });
    assert.equal(readDocument(document), document);
    assert.deepEqual(readDocument(JSON.stringify(document)), document);
  });

  for (const version of ["1.0.0-rc1", "1.2.6", "1.3.2", "1.4.1"]) {
    it(`may be of version ${version}`, () => {
      readDocument({ openrpc: version, info, methods: [] });
    });
  }

  it("may refer to components instead of saying things in place", () => {
    const components = {
      contentDescriptors: { Id: { name: "id", schema: true }, Same: { $ref: "#/components/contentDescriptors/Id" } },
      errors: { Gone: { code: 410, message: "Gone" } },
      "a/b~c d": { tag: { name: "slashes" } },
      examples: { One: { name: "one", value: 1 } },
    };
    const method = {
      name: "get",
      params: [{ $ref: "#/components/contentDescriptors/Same" }],
      errors: [{ $ref: "#/components/errors/Gone" }],
      tags: [{ $ref: "#/components/a~1b~0c%20d/tag" }],
      examples: [{ name: "one", params: [{ $ref: "#/components/examples/One" }] }],
    };
    readDocument(
      documentOf([], undefined, { components, methods: [{ $ref: "#/x-methods/0" }], "x-methods": [method] }),
    );
  });

  it("may have any name as the name of a method or of a component", () => {
    const names = ["constructor", "__proto__", "toString", "hasOwnProperty", "rpc.discover", " ", "é"];
    const schemas = Object.fromEntries(names.map((name) => [name, true]));
    readDocument(
      JSON.stringify(
        documentOf(
          names.map((name) => methodOf(name)),
          schemas,
        ),
      ),
    );
  });

  const circle = { a: { $ref: "#/components/errors/b" }, b: { $ref: "#/components/errors/a" } };
  const withParams = (params: unknown) => documentOf([{ name: "get", params }]);
  const withTag = (tag: unknown) => documentOf([methodOf("get", {}, true, { tags: [tag] })]);
  const withError = (error: unknown) => documentOf([methodOf("get", {}, true, { errors: [error] })]);
  let deep: unknown = {};
  for (let depth = 0; depth < 100_000; depth++) deep = [deep];

  for (const [what, source, pointer, says] of [
    ["what is no JSON", "{", "", /^the document: is not JSON$/],
    ["an array", [], "", /expected an object, got an array/],
    ["nothing", undefined, "", /expected an object, got nothing/],
    ["an empty object", {}, "", /expected an object with openrpc, got one without/],
    ["an OpenAPI document", { openapi: "3.1.0", info, paths: {} }, "", /expected an object with openrpc/],
    ["one of version 2", { openrpc: "2.0.0", info, methods: [] }, "/openrpc", /before "2\.0\.0", got "2\.0\.0"/],
    ["a version that is a number", { openrpc: 1.3, info, methods: [] }, "/openrpc", /expected a string/],
    ["one without info", { openrpc: "1.3.2", methods: [] }, "", /with info/],
    ["one without a title", { openrpc: "1.3.2", info: { version: "1" }, methods: [] }, "/info", /with title/],
    ["one without methods", { openrpc: "1.3.2", info }, "", /with methods/],
    ["methods in an object", { openrpc: "1.3.2", info, methods: {} }, "/methods", /expected an array, got an object/],
    ["a method that is a string", documentOf(["get" as never]), "/methods/0", /expected an object, got "get"/],
    ["a method without a name", documentOf([{ params: [] }]), "/methods/0", /with name/],
    ["a method of no name", documentOf([methodOf("")]), "/methods/0/name", /not empty, got ""/],
    ["a method without params", documentOf([{ name: "get" }]), "/methods/0", /with params/],
    ["a method that is there twice", documentOf([methodOf("a"), methodOf("a")]), "/methods/1/name", /no other method/],
    ["params by name", withParams({}), "/methods/0/params", /expected an array/],
    ["a parameter without a schema", withParams([{ name: "a" }]), "/methods/0/params/0", /with schema/],
    [
      "a parameter that is there twice",
      withParams([1, 2].map(() => ({ name: "a", schema: true }))),
      "/methods/0/params/1/name",
      /no other parameter/,
    ],
    [
      "a required that is no flag",
      withParams([{ name: "a", schema: true, required: 1 }]),
      "/methods/0/params/0/required",
      /expected true or false, got 1/,
    ],
    [
      "a description that is no text",
      documentOf([methodOf("a", {}, true, { description: {} })]),
      "/methods/0/description",
      /expected a string, got an object/,
    ],
    [
      "an unknown structure",
      documentOf([methodOf("a", {}, true, { paramStructure: "both" })]),
      "/methods/0/paramStructure",
      /"by-name", "by-position" or "either", got "both"/,
    ],
    ["an error without a code", withError({ message: "x" }), "/methods/0/errors/0", /with code/],
    [
      "a code that is no integer",
      withError({ code: 1.5, message: "x" }),
      "/methods/0/errors/0/code",
      /expected an integer, got 1.5/,
    ],
    [
      "a reference to nothing",
      withTag({ $ref: "#/components/tags/No" }),
      "/methods/0/tags/0/$ref",
      /there is no "#\/components\/tags\/No" in the document/,
    ],
    [
      "a reference to what all objects inherit",
      withTag({ $ref: "#/components/constructor" }),
      "/methods/0/tags/0/$ref",
      /there is no "#\/components\/constructor"/,
    ],
    [
      "a reference to an array's length",
      withTag({ $ref: "#/methods/length" }),
      "/methods/0/tags/0/$ref",
      /there is no/,
    ],
    [
      "a reference to another document",
      withTag({ $ref: "https://example.com/tags.json#/a" }),
      "/methods/0/tags/0/$ref",
      /within the document.*others are not fetched/,
    ],
    ["a reference to a file", withTag({ $ref: "./tags.json" }), "/methods/0/tags/0/$ref", /within the document/],
    ["a reference by a name", withTag({ $ref: "#pets" }), "/methods/0/tags/0/$ref", /a JSON pointer behind the #/],
    ["a reference of broken escapes", withTag({ $ref: "#/%E0%A4%A" }), "/methods/0/tags/0/$ref", /a JSON pointer/],
    ["a reference that is no string", withTag({ $ref: 7 }), "/methods/0/tags/0/$ref", /expected a reference/],
    ["a reference to itself", withTag({ $ref: "#/methods/0/tags/0" }), "/methods/0/tags/0", /leads back to itself/],
    [
      "references in a circle",
      { ...withError({ $ref: "#/components/errors/a" }), components: { errors: circle } },
      "/methods/0/errors/0",
      /leads back to itself/,
    ],
    ["one that is deep", documentOf([methodOf("a", { b: { const: deep } })]), "", /is deeper than 200/],
  ] as const) {
    it(`is not ${what}`, () => {
      assert.throws(
        () => readDocument(source),
        (error: unknown) => {
          assert(error instanceof InvalidDocumentError);
          assert.equal(error.pointer, pointer);
          assert.match(error.message, says);
          return true;
        },
      );
    });
  }

  it("is not one that contains itself, which only a value can", () => {
    const document: { [name: string]: unknown } = documentOf([methodOf("a")]);
    document["x-self"] = document;
    assert.throws(() => readDocument(document), /deeper than 200/);
  });

  it("is not told whole in the error", () => {
    const long = "x".repeat(100_000);
    for (const source of [
      documentOf([{ ...methodOf("a"), paramStructure: long }]),
      documentOf([{ ...methodOf("a"), tags: [{ $ref: `#/${long}` }] }]),
      documentOf([], undefined, { methods: [{ $ref: "#/x" }], x: { [long]: 1 } }),
      documentOf([], undefined, { methods: [{ $ref: `#/${long}` }], [long]: { name: 5 } }),
      `{"openrpc": ${long}`,
    ]) {
      assert.throws(
        () => readDocument(source),
        (error: Error) => error instanceof InvalidDocumentError && error.message.length < 500,
      );
    }
  });
});
