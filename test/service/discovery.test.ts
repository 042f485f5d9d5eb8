/** `rpc.discover`: the service as an OpenRPC document. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { describe, it } from "node:test";
import { Ajv } from "ajv";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import {
  defineError,
  exportRpc,
  type MethodOptions,
  RpcError,
  Service,
  type ServiceOptions,
  type StandardSchema,
} from "../../src/index.ts";
import {
  type ComponentsObject,
  type ContentDescriptor,
  compareDocuments,
  generateTypes,
  type JsonSchema,
  type MethodObject,
  type OpenRpcDocument,
} from "../../src/openrpc/index.ts";

const ajv = new Ajv({ strict: false, logger: false, validateFormats: false });
const packages: (name: string) => { readonly [name: string]: object } = createRequire(import.meta.url);
// OpenRPC's meta-schema refers to the one of JSON Schema with a slash less than it has in its name.
const { $schema: _draft, ...jsonSchema } = Object(packages("@json-schema-tools/meta-schema").default);
ajv.addSchema(jsonSchema);
const openRpc = JSON.stringify({ ...packages("@open-rpc/meta-schema").openrpcDocument, $schema: undefined });
const isOpenRpc = ajv.compile(JSON.parse(openRpc.replaceAll('json-schema.tools"', 'json-schema.tools/"')));

/** What the service answers, after a look at it: it is valid by OpenRPC's own meta-schema, and what the tools read. */
function discover(service: Service): OpenRpcDocument {
  const answer = JSON.parse(service.handle('{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}') as string);
  assert.deepEqual(Object.keys(answer), ["jsonrpc", "id", "result"]);
  assert(isOpenRpc(answer.result), ajv.errorsText(isOpenRpc.errors));
  assert.deepEqual(compareDocuments(answer.result, answer.result), []);
  return answer.result;
}

it("the meta-schema tells what is no OpenRPC document", () => {
  const info = { title: "Test", version: "1" };
  assert(isOpenRpc({ openrpc: "1.3.2", info, methods: [{ name: "a", params: [] }] }));
  assert(!isOpenRpc({ openrpc: "1.3.2", info, methods: [{ name: "a" }] }));
  const params = [{ name: "a", schema: { type: "text" } }];
  assert(!isOpenRpc({ openrpc: "1.3.2", info, methods: [{ name: "a", params }] }));
});

/** How a method with these options is described. */
function described(options: MethodOptions, fn: (...args: never[]) => unknown = () => {}): Described {
  const service = new Service({ discover: true });
  service.addMethod("get" as never, fn, options);
  const { methods, components } = discover(service);
  return { ...(methods[0] as MethodObject), ...(components && { components }) };
}

type Described = MethodObject & { readonly "x-params"?: JsonSchema; readonly components?: ComponentsObject };

describe("rpc.discover", () => {
  it("is no method unless it is asked for", () => {
    for (const discover of [undefined, false]) {
      const service = new Service({ ...(discover === false && { discover }) });
      assert.match(service.handle('{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}') as string, /-32601/);
    }
  });

  it("answers with a document of all methods, in their order, without itself", () => {
    const service = new Service({ discover: true });
    service.addMethod("b", () => 1).addMethod("a", (x: number, y: number) => x + y, { params: ["x", "y"] });
    const document = discover(service);
    assert.deepEqual(document, {
      openrpc: "1.3.2",
      info: { title: "JSON-RPC service", version: "0.0.0" },
      methods: [
        { name: "b", params: [], result: { name: "result", schema: true } },
        {
          name: "a",
          params: [
            { name: "x", required: true, schema: true },
            { name: "y", required: true, schema: true },
          ],
          paramStructure: "either",
          result: { name: "result", schema: true },
        },
      ],
    });
    assert.deepEqual(service.methodNames, ["b", "a"]);
  });

  it("says of the service what it was told", () => {
    const info = { title: "Shop", version: "2.1.0", description: "Sells things." };
    const servers = [{ name: "here", url: "tcp://127.0.0.1:7080" }];
    const document = discover(new Service({ discover: { info, servers } }));
    assert.deepEqual(document, { openrpc: "1.3.2", info, servers, methods: [] });
  });

  it("is made when it is asked for, once, until there are other methods", () => {
    let asked = 0;
    const schema: StandardSchema = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: (value) => ({ value }),
        ...{ jsonSchema: { input: () => ({ type: "string", title: `${++asked}` }) } },
      },
    };
    const service = new Service({ discover: true });
    service.addMethod("a", () => 1, { params: [schema] });
    assert.equal(asked, 0);
    assert.deepEqual([discover(service), asked], [discover(service), 1]);
    service.addMethod("b", () => 2);
    assert.equal(discover(service).methods.length, 2);
    assert.equal(asked, 2);
  });

  it("is stopped with the service, as other methods are", () => {
    const service = new Service({ discover: true });
    void service.stopServing(new RpcError(1, "Closed"));
    assert.match(service.handle('{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}') as string, /"Closed"/);
    service.startServing();
    discover(service);
  });

  it("leaves the names that begin with rpc. reserved", () => {
    const service = new Service({ discover: true });
    for (const name of ["rpc.discover", "rpc.other"]) assert.throws(() => service.addMethod(name, () => 1), /reserved/);
  });

  it("is not asked for by nonsense", () => {
    for (const discover of ["yes", 1, null, { info: {} }, { info: null }, { info: { title: "x", version: 1 } }]) {
      assert.throws(() => new Service({ discover } as unknown as ServiceOptions), TypeError);
    }
  });
});

describe("a described method", () => {
  it("has all that was said of it", () => {
    const Gone = defineError({ code: 410, message: "Gone", data: z.object({ since: z.number() }) });
    const { components, ...method } = described({
      params: [{ id: z.int().describe("Counts from 1.") }, { deep: z.boolean().optional() }],
      result: z.string(),
      errors: [Gone, defineError({ code: 404, message: "Not found" })],
      summary: "Gets a thing",
      description: "By its id.",
      deprecated: true,
      tags: ["things"],
      examples: [
        { name: "one", params: [1], result: "lamp" },
        { params: { id: 2, deep: true }, result: "chair" },
        { params: [3n], result: "what JSON cannot hold is left out" },
      ],
    });
    assert.equal(components, undefined);
    assert.deepEqual(method, {
      name: "get",
      summary: "Gets a thing",
      description: "By its id.",
      tags: [{ name: "things" }],
      params: [
        {
          name: "id",
          description: "Counts from 1.",
          required: true,
          schema: {
            type: "integer",
            description: "Counts from 1.",
            minimum: Number.MIN_SAFE_INTEGER,
            maximum: Number.MAX_SAFE_INTEGER,
          },
        },
        { name: "deep", required: false, schema: { type: "boolean" } },
      ],
      paramStructure: "either",
      result: { name: "result", schema: { type: "string" } },
      errors: [
        {
          code: 410,
          message: "Gone",
          data: { type: "object", properties: { since: { type: "number" } }, required: ["since"] },
        },
        { code: 404, message: "Not found" },
      ],
      examples: [
        { name: "one", params: [{ name: "id", value: 1 }], result: { name: "result", value: "lamp" } },
        {
          name: "example 2",
          params: [
            { name: "id", value: 2 },
            { name: "deep", value: true },
          ],
          result: { name: "result", value: "chair" },
        },
      ],
      deprecated: true,
    });
  });

  const any = { type: "array", items: true };
  for (const [what, options, fn, params, structure] of [
    [
      "of which nothing is declared",
      {},
      (_a: 1, _b: 2) => 0,
      [
        ["param1", true, true],
        ["param2", true, true],
      ],
      "by-position",
    ],
    [
      "with names",
      { params: ["a", "b?"] },
      () => 0,
      [
        ["a", true, true],
        ["b", false, true],
      ],
      "either",
    ],
    ["with a rest parameter", { params: ["...all"] }, () => 0, [["all", false, any]], "by-name"],
    ["with schemas", { params: [z.string()] }, () => 0, [["param1", true, { type: "string" }]], "by-position"],
    ["with an object of schemas", { params: { a: z.null() } }, () => 0, [["a", true, { type: "null" }]], "either"],
    [
      "with one schema, of an object",
      { params: z.object({ a: z.null(), b: z.string().optional() }) },
      () => 0,
      [
        ["a", true, { type: "null" }],
        ["b", false, { type: "string" }],
      ],
      "by-name",
    ],
    [
      "with one schema, of a tuple",
      { params: z.tuple([z.null(), z.string()]) },
      () => 0,
      [
        ["param1", true, { type: "null" }],
        ["param2", true, { type: "string" }],
      ],
      "by-position",
    ],
    ["with arktype", { params: [{ a: type("string") }] }, () => 0, [["a", true, { type: "string" }]], "either"],
    ["with schemas that offer no JSON Schema", { params: [{ a: v.string() }] }, () => 0, [["a", true, true]], "either"],
    [
      "with schemas that JSON Schema cannot say",
      { params: [{ a: z.bigint() }] },
      () => 0,
      [["a", true, true]],
      "either",
    ],
  ] as const) {
    it(`${what} says how params are given`, () => {
      const method = described(options as MethodOptions, fn);
      const expected = params.map(([name, required, schema]) => ({ name, required, schema }));
      assert.deepEqual([method.params, method.paramStructure], [expected, structure]);
    });
  }

  it("that takes any object, or what cannot be listed, says so in an extension", () => {
    const object = described({ params: "object" });
    assert.deepEqual([object.params, object["x-params"]], [[], { type: "object" }]);
    const record = described({ params: z.record(z.string(), z.number()) });
    assert.deepEqual(record.params, []);
    assert.deepEqual((record["x-params"] as { type: string }).type, "object");
  });

  it("says what comes in of its params, and what goes out of its result", () => {
    const length = z
      .string()
      .transform((text) => text.length)
      .pipe(z.number());
    const method = described({ params: [{ text: length }], result: length }, (() => "x") as never);
    assert.deepEqual((method.params[0] as ContentDescriptor).schema, { type: "string" });
    assert.deepEqual(method.result, { name: "result", schema: { type: "number" } });
  });
});

describe("schemas that refer to themselves or are shared", () => {
  const Node = z.object({
    name: z.string(),
    get children() {
      return z.array(Node);
    },
  });
  const User = z.object({ id: z.int32() }).meta({ id: "User" });

  it("become components of the document", () => {
    const service = new Service({ discover: true });
    service.addMethod("tree", () => ({ name: "x", children: [] }), { result: Node });
    service.addMethod("users.get", () => ({ id: 1 }), {
      params: [{ also: z.array(User) }],
      result: z.union([User, z.null()]),
    });
    const document = discover(service);
    assert.deepEqual(Object.keys(document.components?.schemas ?? {}).sort(), ["User", "User2", "tree.result"]);
    const types = generateTypes(document, { comments: false });
    assert.match(types, /"?tree"?: \(\) => TreeResult;/);
    assert.match(types, /export interface TreeResult \{\n {2}name: string;\n {2}children: TreeResult\[\];\n\}/);
    assert.match(types, /"users.get": Describe<\(also: User\[\]\) => User2 \| null, \{ params: \["also"\] \}>;/);
  });
});

describe("schemas of others", () => {
  const schemaOf = (jsonSchema: unknown): StandardSchema => {
    return { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }), ...{ jsonSchema } } };
  };
  const circle: { [name: string]: unknown } = {};
  circle.self = circle;

  for (const [what, jsonSchema] of [
    [
      "that throw",
      {
        input: () => {
          throw new Error("no");
        },
      },
    ],
    ["that have no input", {}],
    ["that are no functions", { input: 5 }],
    ["that give nothing", { input: () => undefined }],
    ["that give text", { input: () => "string" }],
    ["that give an array", { input: () => [] }],
    ["that give a circle", { input: () => circle }],
    ["that are no objects", null],
  ] as const) {
    it(`${what} take anything in the document, and the service goes on`, () => {
      const method = described({ params: [{ a: schemaOf(jsonSchema) }] });
      assert.deepEqual(method.params, [{ name: "a", required: false, schema: true }]);
    });
  }

  it("are asked for another draft when they do not know draft-07", () => {
    const input = ({ target }: { target: string }) => {
      if (target !== "draft-2020-12") throw new Error("unknown target");
      return {
        $schema: "x",
        type: "array",
        prefixItems: [{ $ref: "#/$defs/a~1b" }],
        $defs: { "a/b": { type: "string" } },
      };
    };
    const method = described({ params: [{ a: schemaOf({ input }) }] });
    const schema = { type: "array", prefixItems: [{ $ref: "#/components/schemas/a_b" }] };
    assert.deepEqual(method.params, [{ name: "a", required: false, schema }]);
    assert.deepEqual(method.components, { schemas: { a_b: { type: "string" } } });
  });
});

it("a class becomes a described service and a typed client's Api", () => {
  class Calculator {
    @exportRpc({
      params: [{ minuend: z.number() }, { subtrahend: z.number() }],
      result: z.number(),
      summary: "Subtracts",
    })
    subtract(minuend: number, subtrahend: number): number {
      return minuend - subtrahend;
    }
  }
  const service = new Service({ discover: { info: { title: "Calculator", version: "1.0.0" } } });
  service.addHandler(new Calculator(), { namespace: "calc" });
  assert.equal(
    generateTypes(discover(service)),
    `// Types of Calculator 1.0.0, generated by tsjason from its OpenRPC document.

import type { Describe } from "tsjason";

/** Calculator, version 1.0.0. */
export interface Api {
  /** Subtracts */
  "calc.subtract": Describe<(minuend: number, subtrahend: number) => number, { params: ["minuend", "subtrahend"] }>;
}
`,
  );
});
