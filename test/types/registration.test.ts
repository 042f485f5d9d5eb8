/** What the types of `@exportRpc` and `addMethod` demand of a method. `npm run typecheck` is the test. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type CallContext, exportRpc, Service } from "../../src/index.ts";

class Right {
  @exportRpc()
  none() {}

  @exportRpc("name")
  two(_a: number, _b: undefined | string) {}

  @exportRpc({ params: ["a", "b?"] })
  optional(_a: number, _b?: string) {}

  @exportRpc({ params: ["a", "b?"] })
  byDefault(_a: number, _b = "x") {}

  @exportRpc({ params: ["...values"] })
  rest(..._values: number[]) {}

  @exportRpc({ context: true })
  context(_context: CallContext, _a: number) {}

  @exportRpc({ context: true })
  contextLeftOut() {}

  @exportRpc({ context: true, params: ["a?"] })
  contextAndOptional(_context: CallContext, _a?: number) {}

  @exportRpc({ context: true, params: ["...values"], timeout: 5, name: "other" })
  contextAndRest(_context: CallContext, ..._values: number[]) {}

  @exportRpc({ context: false })
  noContext(_a: number) {}

  @exportRpc()
  generic<T>(value: T) {
    return value;
  }

  @exportRpc()
  takesAnything(_value: ReturnType<typeof JSON.parse>) {}

  @exportRpc()
  takesUnknown(_value: unknown) {}

  @exportRpc()
  takesAnObject(_value: { readonly method: string }) {}
}

/** Never called: what is wrong to the types is, in part, refused when the class is made. */
export function wrongMethods() {
  return class {
    // @ts-expect-error: optional, and not declared
    @exportRpc()
    optional(_a?: number) {}

    // @ts-expect-error: optional, and not declared
    @exportRpc("name")
    named(_a: number, _b?: string) {}

    // @ts-expect-error: optional by its default, and not declared
    @exportRpc({ timeout: 5 })
    byDefault(_a = 1) {}

    // @ts-expect-error: rest, and not declared
    @exportRpc()
    rest(..._values: number[]) {}

    // @ts-expect-error: rest after the context, and not declared
    @exportRpc({ context: true })
    contextAndRest(_context: CallContext, ..._values: number[]) {}

    // @ts-expect-error: the context is not the first
    @exportRpc({ context: true })
    contextLast(_a: number, _context: CallContext) {}

    // @ts-expect-error: asks for the context, and has none
    @exportRpc({ context: true })
    noContext(_a: number) {}

    // @ts-expect-error: has the context, and does not ask for it
    @exportRpc()
    unasked(_context: CallContext, _a: number) {}

    // @ts-expect-error: has the context, and asks not to get it
    @exportRpc({ context: false })
    refused(_context: CallContext) {}

    // @ts-expect-error: a name is a string
    @exportRpc(5)
    wrongName() {}

    // @ts-expect-error: a timeout is a number
    @exportRpc({ timeout: "5" })
    wrongTimeout() {}

    // @ts-expect-error: there is no such option, beside one that there is
    @exportRpc({ name: "x", tiemout: 5 })
    misspelled() {}

    // @ts-expect-error: params are names
    @exportRpc({ params: [1] })
    wrongParams(_a: number) {}
  };
}

export function right(service: Service) {
  service
    .addMethod("none", () => 1)
    .addMethod("two", (a: number, b: number) => a + b, { params: ["a", "b"] })
    .addMethod("optional", (a: number, b?: number) => [a, b], { params: ["a", "b?"] })
    .addMethod("byDefault", (a = 1) => a * 2, { params: ["a?"] })
    .addMethod("rest", (...values: number[]) => values.length, { params: ["...values"] })
    .addMethod("context", (context: CallContext, a: number) => [context.method, a], { context: true })
    .addMethod("contextLeftOut", () => 1, { context: true })
    .addMethod("contextAndDefault", ({ method }: CallContext, a = 1) => [method, a * 2], {
      context: true,
      params: ["a?"],
    })
    .addMethod("async", async (text: string) => text, { timeout: 5 });
}

export function wrong(service: Service) {
  // @ts-expect-error: optional, and not declared
  service.addMethod("optional", (a?: number) => a);
  // @ts-expect-error: optional by its default, and not declared
  service.addMethod("byDefault", (a = 1) => a);
  // @ts-expect-error: optional, and not declared among the options
  service.addMethod("optional", (a?: number) => a, { timeout: 5 });
  // @ts-expect-error: rest, and not declared
  service.addMethod("rest", (...values: number[]) => values);
  // @ts-expect-error: has the context, and does not ask for it
  service.addMethod("unasked", (context: CallContext) => context.method);
  // @ts-expect-error: asks for the context, and has none
  service.addMethod("noContext", (a: number) => a, { context: true });
  // @ts-expect-error: there is no such option, beside one that there is
  service.addMethod("misspelled", (a: number) => a, { params: ["a"], tiemout: 5 });
  // @ts-expect-error: no function
  service.addMethod("no function", 5);
  // @ts-expect-error: no string
  service.addMethod(5, () => 1);
  // @ts-expect-error: an error to stop with is an RpcError
  void service.stopServing(new Error("x"));
}

test("what the types let through can be registered", () => {
  const service = new Service().addHandler(new Right());
  assert.equal(service.methodNames.length, 14);
  right(new Service());
});
