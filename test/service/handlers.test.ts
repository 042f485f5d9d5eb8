/** What goes into a service's table, and under which names. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { exportRpc } from "../../src/service/export-rpc.ts";
import type { HandlerOptions } from "../../src/service/handler.ts";
import { Service } from "../../src/service/service.ts";
import { callNow, notFound } from "./kit.ts";

class Pair {
  @exportRpc()
  one() {
    return 1;
  }
  @exportRpc("deep.two")
  two() {
    return 2;
  }
}

describe("a namespace", () => {
  const rows: readonly [what: string, options: HandlerOptions | undefined, names: readonly string[]][] = [
    ["none", undefined, ["one", "deep.two"]],
    ["an empty list", { namespace: [] }, ["one", "deep.two"]],
    ["one part", { namespace: "main" }, ["main.one", "main.deep.two"]],
    ["a list of one", { namespace: ["main"] }, ["main.one", "main.deep.two"]],
    ["several parts", { namespace: ["audio", "mixer"] }, ["audio.mixer.one", "audio.mixer.deep.two"]],
    ["several parts in one", { namespace: "audio.mixer" }, ["audio.mixer.one", "audio.mixer.deep.two"]],
    ["another separator", { namespace: ["a", "b"], separator: "/" }, ["a/b/one", "a/b/deep.two"]],
    ["an empty separator", { namespace: "get_", separator: "" }, ["get_one", "get_deep.two"]],
    ["a name of Object's prototype", { namespace: "__proto__" }, ["__proto__.one", "__proto__.deep.two"]],
  ];
  for (const [what, options, names] of rows) {
    test(what, () => {
      const service = new Service().addHandler(new Pair(), options);
      assert.deepEqual(service.methodNames, names);
      assert.deepEqual(
        names.map((name) => callNow(service, name)),
        [{ result: 1 }, { result: 2 }],
      );
    });
  }

  for (const namespace of ["", [""], ["a", ""], [5], 5, null, {}]) {
    test(`cannot be ${JSON.stringify(namespace)}`, () => {
      assert.throws(() => new Service().addHandler(new Pair(), { namespace } as never), {
        name: "TypeError",
        message: `expected a namespace of one or more non-empty parts, got ${JSON.stringify(namespace)}`,
      });
    });
  }
});

describe("a name taken twice", () => {
  class Same {
    @exportRpc("same")
    a() {}
    @exportRpc("other")
    b() {}
    @exportRpc("same")
    c() {}
  }
  class Later {
    @exportRpc()
    fresh() {}
    @exportRpc()
    one() {}
  }
  const taken = (name: string) => ({ name: "Error", message: `there is a method ${name} already` });

  test("within a handler: nothing of it is added", () => {
    const service = new Service();
    assert.throws(() => service.addHandler(new Same()), taken("same"));
    assert.deepEqual(service.methodNames, []);
  });

  test("by two handlers: nothing of the second is added", () => {
    const service = new Service().addHandler(new Pair());
    assert.throws(() => service.addHandler(new Later()), taken("one"));
    assert.deepEqual(service.methodNames, ["one", "deep.two"]);
    service.addHandler(new Later(), { namespace: "later" });
    assert.deepEqual(callNow(service, "one"), { result: 1 });
  });

  test("by functions", () => {
    const service = new Service().addMethod("one", () => "first");
    assert.throws(() => service.addMethod("one", () => "second"), taken("one"));
    assert.throws(() => service.addHandler(new Pair()), taken("one"));
    assert.deepEqual(callNow(service, "one"), { result: "first" });
    assert.deepEqual(callNow(service, "deep.two"), notFound);
  });
});

describe("names that begin with rpc. are the specification's", () => {
  const reserved = { name: "TypeError", message: /names that begin with "rpc\." are reserved/ };
  test("and cannot be added", () => {
    const service = new Service();
    assert.throws(() => service.addMethod("rpc.discover", () => 1), reserved);
    assert.throws(() => service.addHandler(new Pair(), { namespace: "rpc" }), reserved);
    assert.throws(() => service.addHandler(new Pair(), { namespace: ["rpc", "x"] }), reserved);
    assert.deepEqual(service.methodNames, []);
  });
  test("others that look like them can", () => {
    const service = new Service()
      .addMethod("rpc", () => 1)
      .addMethod("rpcs.x", () => 1)
      .addMethod("a.rpc.b", () => 1);
    assert.deepEqual(service.methodNames, ["rpc", "rpcs.x", "a.rpc.b"]);
  });
});

test("names of Object's prototype are names like any", () => {
  const names = ["constructor", "__proto__", "toString", "hasOwnProperty"];
  const service = new Service();
  for (const name of names) {
    assert.deepEqual(callNow(service, name), notFound);
    service.addMethod(name, () => name);
    assert.deepEqual(callNow(service, name), { result: name });
  }
  assert.deepEqual(service.methodNames, names);
});

describe("refuses", () => {
  class Nothing {
    a() {}
  }
  class Broken {
    @exportRpc()
    a() {}
  }
  const broken = Object.assign(new Broken(), { a: 1 });
  const refused: readonly [what: string, add: (service: Service) => unknown, error: object][] = [
    [
      "a handler that exports nothing",
      (service) => service.addHandler(new Nothing()),
      { name: "Error", message: "Nothing exports no method: mark some with @exportRpc()" },
    ],
    ["an empty object", (service) => service.addHandler({}), { name: "Error", message: /Object exports no method/ }],
    [
      "an object without prototype",
      (service) => service.addHandler(Object.create(null) as object),
      { name: "Error", message: /this handler exports no method/ },
    ],
    [
      "a class in place of a handler",
      (service) => service.addHandler(Broken),
      { name: "TypeError", message: "expected an object as the handler, got function: give an instance of the class" },
    ],
    [
      "null",
      (service) => service.addHandler(null as never),
      { name: "TypeError", message: "expected an object as the handler, got null" },
    ],
    [
      "a string",
      (service) => service.addHandler("handler" as never),
      { name: "TypeError", message: "expected an object as the handler, got string" },
    ],
    [
      "a handler whose exported method was overwritten with something else",
      (service) => service.addHandler(broken),
      { name: "TypeError", message: "a is exported, and is not a method" },
    ],
    [
      "a method that is no function",
      (service) => service.addMethod("a", "b" as never),
      { name: "TypeError", message: "expected a function as the method a, got string" },
    ],
    [
      "a method without a name",
      (service) => service.addMethod("", () => 1),
      { name: "TypeError", message: "expected a method's name, got nothing" },
    ],
    [
      "a method whose name is a symbol",
      (service) => service.addMethod(Symbol.iterator as never, () => 1),
      { name: "TypeError", message: "expected a method's name, got a symbol" },
    ],
    [
      "a symbol as the name of what is no function",
      (service) => service.addMethod(Symbol.iterator as never, 1 as never),
      { name: "TypeError", message: "expected a function as the method Symbol(Symbol.iterator), got number" },
    ],
    [
      "a separator that is no string",
      (service) => service.addHandler({}, { namespace: "a", separator: 5 as never }),
      { name: "TypeError", message: "expected a string as the separator, got number" },
    ],
    [
      "a method's timeout below zero",
      (service) => service.addMethod("a", () => 1, { timeout: -1 }),
      { name: "RangeError", message: "expected a timeout in milliseconds, or 0 for none, got -1" },
    ],
  ];
  for (const [what, add, error] of refused) {
    test(what, () => {
      const service = new Service();
      assert.throws(() => add(service), error);
      assert.deepEqual(service.methodNames, []);
    });
  }

  test("options of the service that make no sense", () => {
    for (const timeout of [-1, Number.NaN, "2", null]) {
      if (timeout === null) continue;
      assert.throws(() => new Service({ timeout } as never), { name: "RangeError" });
    }
    assert.throws(() => new Service({ limits: { inFlight: 0 } }), { name: "RangeError" });
  });
});

test("handlers and methods can be added while the service serves, from inside a method too", () => {
  const service = new Service();
  service.addMethod("install", () => {
    service.addHandler(new Pair());
    return "done";
  });
  assert.deepEqual(callNow(service, "one"), notFound);
  assert.deepEqual(callNow(service, "install"), { result: "done" });
  assert.deepEqual(callNow(service, "one"), { result: 1 });
});
