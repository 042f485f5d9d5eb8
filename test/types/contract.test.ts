/** Types of methods with schemas, and of what callers see of them. `npm run typecheck` is the test. */
import { test } from "node:test";
import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";
import {
  type ApiOf,
  type CallContext,
  type Client,
  type Describe,
  defineError,
  type ErrorsOf,
  type Exports,
  exportMethods,
  exportRpc,
  implement,
  isRpcError,
  type MethodOptions,
  method,
  type NamedParams,
  type RpcError,
  type Service,
} from "../../src/index.ts";
import { areSame, type Same } from "./same.ts";

const NotFound = defineError({ code: 404, message: "Not found", data: z.object({ id: z.number() }) });
const Overdrawn = defineError({ code: 1001, message: "Not that much" });

const date = z.string().transform((text) => new Date(text));

const math = {
  add: method({ params: [z.number(), z.number()], result: z.number() }, (a, b) => a + b),
  subtract: method(
    { params: [{ minuend: z.number() }, { subtrahend: z.number().optional() }], errors: [NotFound, Overdrawn] },
    (minuend, subtrahend = 0) => minuend - subtrahend,
  ),
  names: method(
    { params: ["first", "second?", "...others"] },
    (first: string, second?: number, ...others: boolean[]) => [first, second, others],
  ),
  object: method({ params: { from: v.string(), limit: v.optional(v.number()) } }, ({ from, limit = 10 }) => [
    from,
    limit,
  ]),
  whole: method({ params: z.object({ at: date }) }, ({ at }) => at.getTime()),
  optionalWhole: method({ params: z.object({ at: date }).optional() }, (given) => given?.at.getTime()),
  tuple: method({ params: z.tuple([z.string(), z.number()]) }, (text, count) => text.repeat(count)),
  rest: method({ params: z.tuple([z.string()]).rest(z.number()) }, (text, ...counts) => text.length + counts.length),
  ark: method({ params: [type("string"), type("number | undefined")] }, (text, count) => text.repeat(count ?? 1)),
  any: method({ params: "object" }, (given?: NamedParams) => Object.keys(given ?? {})),
  list: method({ params: "object" }, (given?: { readonly cursor?: string }) => given?.cursor ?? "start"),
  required: method({ params: "object" }, (given: { readonly cursor: string }) => given.cursor),
  transformed: method({ params: [date], result: z.date().transform((at) => at.toISOString()) }, async (at) => at),
  context: method({ params: [z.string()], context: true }, ({ method: name }, text) => name + text),
  plain: method((text: string) => text),
  plainContext: method({ context: true }, (context: CallContext, text: string) => context.method + text),
  nested: { one: method({ result: z.string() }, () => "one"), deeper: { two: method(() => 2) } },
};

type Api = ApiOf<typeof math, "math">;
declare const client: Client<Api>;
type Result<Name extends keyof Api & string> = Awaited<ReturnType<typeof client.call<Name>>>;

test("types of contracts", () =>
  areSame<
    [
      Same<keyof Api, `math.${Exclude<keyof typeof math, "nested">}` | "math.nested.one" | "math.nested.deeper.two">,
      Same<Parameters<Api["math.add"]>, [number, number]>,
      Same<Result<"math.add">, number>,
      Same<Result<"math.subtract">, number>,
      Same<Result<"math.transformed">, string>,
      Same<Parameters<Api["math.transformed"]>, [string]>,
      Same<Result<"math.context">, string>,
      Same<Parameters<Api["math.context"]>, [string]>,
      Same<Parameters<Api["math.plainContext"]>, [text: string]>,
      Same<Result<"math.whole">, number>,
      Same<Parameters<Api["math.whole"]>, [params: { at: string }]>,
      Same<Parameters<Api["math.rest"]>, [string, ...number[]]>,
      Same<Result<"math.nested.one">, string>,
      Same<Result<"math.nested.deeper.two">, number>,
      Same<
        ErrorsOf<Api, "math.subtract">,
        | (RpcError<{ id: number }> & { readonly code: 404; readonly data: { id: number } })
        | (RpcError<unknown> & { readonly code: 1001; readonly data: unknown })
      >,
      Same<ErrorsOf<Api, "math.plain">, never>,
    ]
  >(true, true, true, true, true, true, true, true, true, true, true, true, true, true, true, true));

interface Range {
  readonly from: string;
  readonly limit?: number;
}

export function right(caller: Client<Api>, range: Range) {
  const remote = caller.namespace("math");
  return [
    caller.call("math.add", [1, 2]),
    caller.call("math.subtract", [5, 3]),
    caller.call("math.subtract", [5]),
    caller.call("math.subtract", { minuend: 5 }),
    caller.call("math.subtract", { minuend: 5, subtrahend: 3 }, { timeout: 5 }),
    caller.call("math.names", ["x"]),
    caller.call("math.names", ["x", 1, true, false]),
    caller.call("math.names", { first: "x", second: 1, others: [true] }),
    caller.call("math.object", { from: "x" }),
    caller.call("math.object", range),
    caller.call("math.whole", { at: "2026" }),
    caller.call("math.optionalWhole"),
    caller.call("math.optionalWhole", { at: "2026" }),
    caller.call("math.tuple", ["x", 3]),
    caller.call("math.rest", ["x", 3, 4]),
    caller.call("math.ark", ["x"]),
    caller.call("math.any"),
    caller.call("math.list"),
    caller.call("math.list", { cursor: "x" }),
    caller.call("math.required", { cursor: "x" }),
    caller.call("math.any", { any: "thing" }),
    caller.call("math.any", range),
    caller.call("math.transformed", ["2026"]),
    caller.call("math.context", ["x"]),
    caller.call("math.nested.one"),
    caller.notify("math.object", range),
    caller.batch().call("math.object", range),
    remote.add(1, 2),
    remote.subtract(5),
    remote.names("x", 1, true),
    remote.tuple("x", 2),
    remote["nested.deeper.two"](),
  ];
}

export function wrong(caller: Client<Api>, range: Range) {
  const remote = caller.namespace("math");
  return [
    // @ts-expect-error: another type
    caller.call("math.add", ["1", 2]),
    // @ts-expect-error: no names were given to its parameters
    caller.call("math.add", { a: 1, b: 2 }),
    // @ts-expect-error: one is missing
    caller.call("math.subtract", { subtrahend: 1 }),
    // @ts-expect-error: no parameter of that name
    caller.call("math.subtract", { minuend: 1, subtrahent: 1 }),
    // @ts-expect-error: another type
    caller.call("math.subtract", { minuend: "1" }),
    // @ts-expect-error: other members
    caller.call("math.subtract", range),
    // @ts-expect-error: another type
    caller.call("math.names", { first: "x", others: [1] }),
    // @ts-expect-error: by name only
    caller.call("math.object", ["x"]),
    // @ts-expect-error: it cannot do without
    caller.call("math.object"),
    // @ts-expect-error: what the caller sends is a string
    caller.call("math.whole", { at: new Date() }),
    // @ts-expect-error: too few
    caller.call("math.tuple", ["x"]),
    // @ts-expect-error: what the caller sends is a string
    caller.call("math.transformed", [new Date()]),
    // @ts-expect-error: the context is the method's own
    caller.call("math.context", [{}, "x"]),
    // @ts-expect-error: another type
    caller.call("math.list", { cursor: 5 }),
    // @ts-expect-error: it cannot do without
    caller.call("math.required"),
    // @ts-expect-error: an array is not by name
    caller.call("math.any", [1]),
    // @ts-expect-error: a map is written as {}
    caller.call("math.any", new Map()),
    // @ts-expect-error: no such method
    caller.call("math.nested"),
    // @ts-expect-error: by name only
    remote.object("x"),
    // @ts-expect-error: another type
    remote.add("1", 2),
  ];
}

export function wrongDefinitions(service: Service) {
  return [
    // @ts-expect-error: the schema gives a number
    method({ params: [z.number()] }, (text: string) => text),
    // @ts-expect-error: the schema gives a date, not the string it takes
    method({ params: [date] }, (text: string) => text),
    // @ts-expect-error: more parameters than schemas
    method({ params: [z.number()] }, (a: number, b: number) => a + b),
    // @ts-expect-error: another result
    method({ params: [z.number()], result: z.string() }, (a) => a),
    // @ts-expect-error: another result, later
    method({ result: z.string() }, async () => 1),
    // @ts-expect-error: no such member
    method({ params: { from: z.string() } }, ({ form }) => form),
    // @ts-expect-error: no such option
    method({ params: [z.number()], tiemout: 5 }, (a) => a),
    // @ts-expect-error: neither names nor schemas
    method({ params: [5] }, () => 1),
    // @ts-expect-error: no schema
    method({ result: "string" }, () => "1"),
    // @ts-expect-error: no declared error
    method({ errors: [404] }, () => "1"),
    // @ts-expect-error: the schema gives a number
    service.addMethod("m", (text: string) => text, { params: [z.number()] }),
    // @ts-expect-error: another result
    service.addMethod("m", () => 1, { result: z.string() }),
    // @ts-expect-error: no methods
    service.addMethods({ add: (a: number) => a }),
    // @ts-expect-error: a contract has no functions
    service.addMethods({ add: method({ result: z.number() }) }),
  ];
}

export function wrongContracts() {
  return [
    // @ts-expect-error: no such option, beside one that there is
    method({ params: [z.number()], tiemout: 5 }),
    // @ts-expect-error: no such option, alone
    method({ tiemout: 5 }),
    // @ts-expect-error: another type
    method({ timeout: "5" }),
    // @ts-expect-error: another type
    method({ summary: 5 }),
    // @ts-expect-error: neither names nor schemas
    method({ params: [5] }),
    // @ts-expect-error: names and schemas, but not of one parameter
    method({ params: ["a", z.number()] }),
    // @ts-expect-error: no schema among them
    method({ params: { from: z.string(), limit: 5 } }),
    // @ts-expect-error: not that word
    method({ params: "objects" }),
    // @ts-expect-error: no schema
    method({ result: "string" }),
    // @ts-expect-error: no schema either
    method({ result: { type: "string" } }),
    // @ts-expect-error: no declared error
    method({ errors: [404] }),
    // @ts-expect-error: neither options nor a function
    method(5),
    // @ts-expect-error: nothing at all
    method(null),
    // @ts-expect-error: optional, and not declared
    method((a?: number) => a),
    // @ts-expect-error: it has the context, and does not ask for it
    method((context: CallContext) => context.method),
    // @ts-expect-error: it has the context, and does not ask for it
    method({ params: ["a"] }, (context: CallContext) => context.method),
    // @ts-expect-error: it asks for the context, and does not take it
    method({ context: true, params: ["a"] }, (a: number) => a),
    // @ts-expect-error: no such option, with a function
    method({ tiemout: 5 }, () => 1),
  ];
}

/** Options need not be written in place. */
export function otherContracts(
  options: MethodOptions,
  described: { readonly summary: string; readonly result: z.ZodString },
) {
  const frozen = Object.freeze({ params: [z.number()], result: z.string() } as const);
  return [
    method({}),
    method(options),
    method(described),
    method(frozen),
    method(frozen, (a) => String(a)),
    method(options, () => 1),
  ];
}

export function definitions(service: Service) {
  service
    .addMethods(math, { namespace: ["math"] })
    .addMethod("inferred", (a, b) => a + b, { params: [z.number(), z.number()], result: z.number() })
    .addMethod("named", (a, b = 1) => a * b, { params: [{ a: z.number() }, { b: z.number().optional() }] })
    .addMethod("wide", (a: number | string) => a, { params: [z.number()] })
    .addMethod("fewer", () => 1, { params: [z.number()] })
    .addMethod("context", ({ method: name }, a) => name + a, { context: true, params: [z.number()] })
    .addMethod("generic", <T>(value: T) => value)
    .addMethod("genericChecked", <T>(value: T) => value, { params: [z.number()] })
    .addMethod("meta", (given?: { readonly [name: string]: unknown }) => given, { params: "object" });
}

class Accounts {
  @exportRpc({ params: [z.number()] })
  generic<T>(value: T) {
    return value;
  }

  @exportRpc({ params: "object" })
  list(given?: { readonly cursor?: string }) {
    return given?.cursor;
  }

  @exportRpc({ params: [z.number()], result: z.string() })
  name(id: number) {
    return String(id);
  }

  @exportRpc({ params: [{ id: z.number() }, { amount: z.number() }], errors: [Overdrawn] })
  async withdraw(id: number, amount = 1) {
    return id - amount;
  }

  @exportRpc({ context: true, params: z.object({ id: z.number() }) })
  close(context: CallContext, { id }: { id: number }) {
    return [context.method, id];
  }
}

export function wrongMethods() {
  return class {
    // @ts-expect-error: the schema gives a number
    @exportRpc({ params: [z.number()] })
    params(_id: string) {}

    // @ts-expect-error: another result
    @exportRpc({ result: z.string() })
    result() {
      return 1;
    }

    // @ts-expect-error: the context comes first
    @exportRpc({ context: true, params: [z.number()] })
    context(_id: number, _context: CallContext) {}

    // @ts-expect-error: it gets one object
    @exportRpc({ params: { id: z.number() } })
    object(_id: number) {}

    // @ts-expect-error: it gets one object, and nothing more
    @exportRpc({ params: "object" })
    more(_given: object, _more: number) {}
  };
}

exportMethods(Accounts, { name: { params: [z.number()], result: z.string() } });
// @ts-expect-error: the schema gives a string
exportMethods(Accounts, { name: { params: [z.string()] } });

type AccountsApi = Exports<
  Accounts,
  "accounts",
  { withdraw: { params: ["id", "amount?"]; errors: [typeof Overdrawn] }; close: { name: "end" } },
  "/"
>;

export function described(caller: Client<AccountsApi>) {
  const remote = caller.namespace("accounts", "/");
  return [
    caller.call("accounts/name", [1]),
    caller.call("accounts/withdraw", { id: 1 }),
    caller.call("accounts/end", { id: 1 }),
    remote.name(1),
    remote.withdraw(1, 2),
    // @ts-expect-error: another type
    caller.call("accounts/withdraw", { id: "1" }),
    // @ts-expect-error: no such parameter
    caller.call("accounts/withdraw", { id: 1, amuont: 2 }),
    // @ts-expect-error: another separator
    caller.call("accounts.name", [1]),
    // @ts-expect-error: renamed
    caller.call("accounts/close", { id: 1 }),
  ];
}

interface Written {
  "users.get": Describe<(id: number) => string, { params: ["id"]; errors: [typeof NotFound] }>;
  "users.all"(): string[];
}

export function written(caller: Client<Written>) {
  return [
    caller.call("users.get", [1]),
    caller.call("users.get", { id: 1 }),
    caller.namespace("users").get(1),
    caller.namespace("users").all(),
    // @ts-expect-error: no such parameter
    caller.call("users.get", { ID: 1 }),
  ];
}

export function errors(error: unknown, known: ErrorsOf<Written, "users.get">) {
  if (isRpcError(error, NotFound)) {
    const id: number = error.data.id;
    const code: 404 = error.code;
    return [id, code];
  }
  // @ts-expect-error: nothing is known of its data
  if (isRpcError(error, Overdrawn)) return error.data.id;
  if (isRpcError(error, 5)) return error.code satisfies 5;
  return known.data.id;
}

export const wrongErrors = () => [
  // @ts-expect-error: the data are missing
  NotFound(),
  // @ts-expect-error: another type
  NotFound({ id: "1" }),
  NotFound({ id: 1 }, { cause: new Error("x") }),
  Overdrawn(),
  // @ts-expect-error: a code is a number
  defineError({ code: "404", message: "Not found" }),
  // @ts-expect-error: no schema
  defineError({ code: 404, message: "Not found", data: { id: "number" } }),
];

const contract = {
  add: method({ params: [z.number(), z.number()], result: z.number() }),
  deep: { name: method({ params: [{ id: z.number() }], result: z.string(), errors: [NotFound] }) },
};

export function contractFirst(service: Service, caller: Client<ApiOf<typeof contract>>) {
  service.addMethods(implement(contract, { add: (a, b) => a + b, deep: { name: (id) => String(id) } }));
  // @ts-expect-error: one is missing
  implement(contract, { add: (a, b) => a + b });
  // @ts-expect-error: another result
  implement(contract, { add: (a, b) => `${a}${b}`, deep: { name: (id) => String(id) } });
  return [
    caller.call("add", [1, 2]),
    caller.call("deep.name", { id: 1 }),
    // @ts-expect-error: another type
    caller.call("deep.name", { id: "1" }),
  ];
}
