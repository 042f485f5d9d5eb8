/** The same rows with schemas of each library, and with some made by hand. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import type { StandardSchema } from "../../src/protocol/schema.ts";
import { Service } from "../../src/service/service.ts";
import { schema } from "../support/schemas.ts";
import { type Answer, call, callNow } from "./kit.ts";

interface Library {
  readonly text: StandardSchema<string>;
  readonly count: StandardSchema<number | undefined>;
  /** From the text of a number to the number. */
  readonly digits: StandardSchema<string, number>;
  readonly tuple: StandardSchema<readonly [string, number]>;
  readonly object: StandardSchema<{ readonly user: { readonly ids: readonly number[] } }>;
  readonly optionalObject: StandardSchema<{ readonly limit?: number | undefined } | undefined>;
  /** Takes "yes", after a while. */
  readonly later: StandardSchema<string> | undefined;
}

const handmadeObject = schema<{ user: { ids: number[] } }>((value) => {
  const { ids } = ((value as { user?: unknown })?.user ?? {}) as { ids?: unknown };
  if (!Array.isArray(ids)) return { issues: [{ message: "expected ids", path: [{ key: "user" }, { key: "ids" }] }] };
  const index = ids.findIndex((id) => typeof id !== "number");
  if (index === -1) return { value: { user: { ids } } };
  return { issues: [{ message: "expected a number", path: ["user", { key: "ids" }, index] }] };
});

const libraries: Readonly<Record<string, Library>> = {
  zod: {
    text: z.string(),
    count: z.number().optional(),
    digits: z.string().regex(/^\d+$/).transform(Number),
    tuple: z.tuple([z.string(), z.number()]),
    object: z.object({ user: z.object({ ids: z.array(z.number()) }) }),
    optionalObject: z.object({ limit: z.number().optional() }).optional(),
    later: z.string().refine(async (text) => text === "yes"),
  },
  valibot: {
    text: v.string(),
    count: v.optional(v.number()),
    digits: v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number)),
    tuple: v.tuple([v.string(), v.number()]),
    object: v.object({ user: v.object({ ids: v.array(v.number()) }) }),
    optionalObject: v.optional(v.object({ limit: v.optional(v.number()) })),
    later: v.pipeAsync(
      v.string(),
      v.checkAsync(async (text) => text === "yes"),
    ),
  },
  arktype: {
    text: type("string"),
    count: type("number | undefined"),
    digits: type("string.numeric.parse"),
    tuple: type(["string", "number"]),
    object: type({ user: { ids: "number[]" } }),
    optionalObject: type({ "limit?": "number | undefined" }).or("undefined"),
    later: undefined,
  },
  "hand-made": {
    text: schema((value) => (typeof value === "string" ? { value } : { issues: [{ message: "expected a string" }] })),
    count: schema((value) =>
      value === undefined || typeof value === "number" ? { value } : { issues: [{ message: "expected a number" }] },
    ),
    digits: schema((value) =>
      typeof value === "string" && /^\d+$/.test(value) ? { value: Number(value) } : { issues: [{ message: "digits" }] },
    ),
    tuple: schema((value) => {
      const [text, count] = Array.isArray(value) ? value : [];
      const fits = typeof text === "string" && typeof count === "number";
      return fits ? { value: [text, count] as const } : { issues: [{ message: "no such tuple", path: [1] }] };
    }),
    object: handmadeObject,
    optionalObject: schema((value) =>
      value === undefined || (typeof value === "object" && !Array.isArray(value))
        ? { value: value as { limit?: number } | undefined }
        : { issues: [{ message: "expected an object" }] },
    ),
    later: schema(async (value) => (value === "yes" ? { value } : { issues: [{ message: "not yes" }] })),
  },
};

/** The paths of the issues of an answer, which must be -32602 with issues of a path and a message, and nothing else. */
function paths(answer: Answer): unknown[] {
  assert("error" in answer, JSON.stringify(answer));
  const { code, message, data } = answer.error;
  assert.deepEqual({ code, message }, { code: -32602, message: "Invalid params" });
  const { issues, ...others } = data as { issues: { path: unknown; message: unknown }[] };
  assert.deepEqual(others, {});
  return issues.map(({ path, message, ...rest }) => {
    assert.equal(typeof message, "string");
    assert.deepEqual(rest, {});
    return path;
  });
}

for (const [name, library] of Object.entries(libraries)) {
  const { text, count, digits, tuple, object, optionalObject, later } = library;
  describe(name, () => {
    const given = (...args: unknown[]) => args.map((arg) => arg ?? "nothing");
    const service = new Service()
      .addMethod("positions", given as (a: string, b?: number) => unknown, { params: [text, count] })
      .addMethod("named", given as (a: string, b?: number) => unknown, { params: [{ text }, { count }] })
      .addMethod("object", given as (a: unknown) => unknown, { params: { text, count } })
      .addMethod("digits", (n) => n + 1, { params: [digits] })
      .addMethod("tuple", given as (a: string, b: number) => unknown, { params: tuple })
      .addMethod("whole", given as (a: unknown) => unknown, { params: object })
      .addMethod("optional", given as (a: unknown) => unknown, { params: optionalObject })
      .addMethod("result", (n) => (n === "7" ? n : (7 as never)), { params: [text], result: digits });

    const rows: readonly [method: string, params: unknown, expected: unknown][] = [
      ["positions", ["x", 2], ["x", 2]],
      ["positions", ["x"], ["x", "nothing"]],
      ["named", ["x", 2], ["x", 2]],
      ["named", { text: "x" }, ["x", "nothing"]],
      ["named", { count: 2, text: "x" }, ["x", 2]],
      ["object", { count: 2, text: "x" }, [{ text: "x", count: 2 }]],
      ["object", { text: "x" }, [{ text: "x" }]],
      ["object", ["x", 2], [{ text: "x", count: 2 }]],
      ["digits", ["41"], 42],
      ["tuple", ["x", 2], ["x", 2]],
      ["whole", { user: { ids: [1] } }, [{ user: { ids: [1] } }]],
      ["optional", undefined, ["nothing"]],
      ["optional", { limit: 5 }, [{ limit: 5 }]],
      ["result", ["7"], 7],
    ];
    for (const [method, params, result] of rows) {
      test(`${method} takes ${JSON.stringify(params)}, at once`, () => {
        assert.deepEqual(callNow(service, method, params), { result });
      });
    }

    const wrong: readonly [method: string, params: unknown, paths: readonly unknown[]][] = [
      ["positions", [5, "x"], [[0], [1]]],
      ["positions", [], [[0]]],
      ["named", { text: 5 }, [["text"]]],
      ["named", { count: 5 }, [["text"]]],
      ["named", ["x", "y"], [["count"]]],
      ["object", {}, [["text"]]],
      ["tuple", ["x", "y"], [[1]]],
      ["whole", { user: { ids: [1, "2"] } }, [["user", "ids", 1]]],
    ];
    for (const [method, params, at] of wrong) {
      test(`${method} refuses ${JSON.stringify(params)}, at once, and says where`, () => {
        assert.deepEqual(paths(callNow(service, method, params)), at);
      });
    }

    test("what is wrong about the form of params is told without a schema", () => {
      const message = (method: string, params: unknown) => {
        const { error } = callNow(service, method, params) as { error: { data: { issues: { message: string }[] } } };
        return error.data.issues[0]?.message;
      };
      assert.equal(message("positions", ["x", 2, 3]), "expected 0 to 2 arguments, got 3");
      assert.equal(message("positions", { text: "x" }), "expected params by position");
      assert.equal(message("named", { text: "x", more: 1 }), "there is no parameter more");
    });

    if (later) {
      test("a schema may take its time, before the method and after", async () => {
        service
          .addMethod("later", given as (a: string, b: string) => unknown, { params: [text, later] })
          .addMethod("laterResult", async (a: string) => a, { result: later });
        assert.deepEqual(await call(service, "later", ["x", "yes"]), { result: ["x", "yes"] });
        assert.deepEqual(paths(await call(service, "later", ["x", "no"])), [[1]]);
        assert.deepEqual(paths(await call(service, "later", [5, "no"])), [[0], [1]]);
        assert.deepEqual(await call(service, "laterResult", ["yes"]), { result: "yes" });
      });
    }
  });
}
