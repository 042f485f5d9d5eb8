/** `@exportRpc` in all its forms. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CallContext } from "../../src/service/context.ts";
import { exportRpc } from "../../src/service/export-rpc.ts";
import { Service } from "../../src/service/service.ts";
import { call, callNow, invalidParams, notFound } from "./kit.ts";

class Example {
  greeting = "hello";
  log: string[] = [];

  @exportRpc()
  plain(text: string) {
    return `${this.greeting} ${text}`;
  }

  @exportRpc("renamed")
  byName(text: string) {
    return text;
  }

  @exportRpc({ name: "subtract", params: ["minuend", "subtrahend"] })
  sub(a: number, b: number) {
    return a - b;
  }

  @exportRpc({ context: true })
  whoami(context: CallContext, suffix: string) {
    return context.method + suffix;
  }

  @exportRpc("ends.with.dots")
  dotted() {
    return this.#secret();
  }

  @exportRpc({})
  async empty() {
    return "later";
  }

  helper() {
    return "not for you";
  }

  field = () => "not for you";

  #secret() {
    return "own";
  }
}

const example = () => new Service().addHandler(new Example());

test("what is marked is exported, by the name it says, and nothing else", () => {
  const names = ["plain", "renamed", "subtract", "whoami", "ends.with.dots", "empty"];
  assert.deepEqual(example().methodNames, names);
  for (const name of ["byName", "sub", "dotted", "helper", "field", "greeting", "log", "constructor", "toString"]) {
    assert.deepEqual(callNow(example(), name), notFound, name);
  }
});

test("each form calls its method, on its handler", async () => {
  const service = example();
  assert.deepEqual(callNow(service, "plain", ["world"]), { result: "hello world" });
  assert.deepEqual(callNow(service, "renamed", ["x"]), { result: "x" });
  assert.deepEqual(callNow(service, "subtract", { subtrahend: 1, minuend: 3 }), { result: 2 });
  assert.deepEqual(callNow(service, "whoami", ["!"]), { result: "whoami!" });
  assert.deepEqual(callNow(service, "ends.with.dots"), { result: "own" });
  assert.deepEqual(await call(service, "empty"), { result: "later" });
});

test("handlers of one class are apart", () => {
  const loud = new Example();
  loud.greeting = "HELLO";
  const service = new Service()
    .addHandler(new Example(), { namespace: "a" })
    .addHandler(loud, { namespace: "b" })
    .addHandler(loud, { namespace: "c" });
  const answers = ["a", "b", "c"].map((namespace) => callNow(service, `${namespace}.plain`, ["x"]));
  assert.deepEqual(answers, [{ result: "hello x" }, { result: "HELLO x" }, { result: "HELLO x" }]);
});

describe("subclasses", () => {
  class Base {
    @exportRpc()
    kept(text: string) {
      return `base ${text}`;
    }

    @exportRpc("first")
    renamed() {
      return "base";
    }
  }

  class Sub extends Base {
    override kept(text: string, times = 1) {
      return `sub ${super.kept(text)} ${times}`;
    }

    @exportRpc("second")
    override renamed() {
      return "sub";
    }

    @exportRpc()
    added() {
      return "added";
    }
  }

  class SubSub extends Sub {
    override kept() {
      return "sub sub";
    }
  }

  test("inherit what is exported, override it, mark it anew and add to it", () => {
    const service = new Service().addHandler(new Sub());
    assert.deepEqual(service.methodNames, ["kept", "second", "added"]);
    assert.deepEqual(callNow(service, "kept", ["x"]), { result: "sub base x 1" });
    assert.deepEqual(callNow(service, "second"), { result: "sub" });
    assert.deepEqual(callNow(service, "first"), notFound);
  });

  test("leave the base class as it was", () => {
    const service = new Service().addHandler(new Base());
    assert.deepEqual(service.methodNames, ["kept", "first"]);
    assert.deepEqual(callNow(service, "kept", ["x"]), { result: "base x" });
  });

  test("without a mark of their own keep the arguments of what they override", () => {
    const service = new Service().addHandler(new SubSub());
    assert.deepEqual(callNow(service, "kept", ["x"]), { result: "sub sub" });
    assert.deepEqual(callNow(service, "kept", []), invalidParams("expected 1 argument, got 0"));
  });

  test("may take more than the base's callers know of", () => {
    class More extends Base {
      // Optional to the compiler, but counted by the function's length.
      override kept(text: string, suffix?: string) {
        return `more ${text} ${suffix}`;
      }
    }
    const service = new Service().addHandler(new More());
    assert.deepEqual(callNow(service, "kept", ["x"]), { result: "more x undefined" });
    assert.deepEqual(callNow(service, "kept", ["x", "y"]), invalidParams("expected 1 argument, got 2"));
  });

  test("of an abstract class", () => {
    abstract class Shape {
      @exportRpc()
      describe() {
        return `area ${this.area()}`;
      }
      abstract area(): number;
    }
    class Square extends Shape {
      @exportRpc()
      area() {
        return 4;
      }
    }
    const service = new Service().addHandler(new Square());
    assert.deepEqual(service.methodNames, ["describe", "area"]);
    assert.deepEqual(callNow(service, "describe"), { result: "area 4" });
  });

  test("an object whose prototype is a handler", () => {
    const handler = Object.create(new Base()) as Base;
    assert.deepEqual(new Service().addHandler(handler).methodNames, ["kept", "first"]);
  });
});

describe("beside another decorator that puts a wrapper in the method's place", () => {
  function doubled<This, Args extends never[]>(method: (this: This, ...args: Args) => number, _context: object) {
    return function (this: This, ...args: Args) {
      return 2 * method.apply(this, args);
    };
  }
  class Wrapped {
    factor = 10;

    @doubled
    @exportRpc()
    inner(a: number, b: number) {
      return this.factor * (a + b);
    }

    @exportRpc({ params: ["a", "b"] })
    @doubled
    outer(a: number, b: number) {
      return this.factor * (a + b);
    }

    @doubled
    @exportRpc({ context: true })
    withContext(context: CallContext, a: number) {
      return context.notification ? 0 : a;
    }
  }
  const service = new Service().addHandler(new Wrapped());

  test("the wrapper is called, with the handler as this", () => {
    assert.deepEqual(callNow(service, "inner", [1, 2]), { result: 60 });
    assert.deepEqual(callNow(service, "outer", [1, 2]), { result: 60 });
    assert.deepEqual(callNow(service, "withContext", [3]), { result: 6 });
  });

  test("the arguments of the wrapped method count", () => {
    for (const method of ["inner", "outer"]) {
      assert.deepEqual(callNow(service, method, [1]), invalidParams("expected 2 arguments, got 1"));
    }
    assert.deepEqual(callNow(service, "withContext", []), invalidParams("expected 1 argument, got 0"));
  });
});

test("a mark made by another copy of the package counts", async () => {
  const url = new URL("../../src/service/export-rpc.ts?another-copy", import.meta.url).href;
  const copy = (await import(url)) as typeof import("../../src/service/export-rpc.ts");
  assert.notEqual(copy.exportRpc, exportRpc);
  class Mixed {
    @copy.exportRpc("theirs")
    a() {
      return "a";
    }
    @exportRpc("ours")
    b() {
      return "b";
    }
  }
  const service = new Service().addHandler(new Mixed());
  assert.deepEqual(service.methodNames, ["theirs", "ours"]);
  assert.deepEqual(callNow(service, "theirs"), { result: "a" });
});

describe("throws where it cannot stand", () => {
  const misplaced: readonly [what: string, declare: () => unknown, message: RegExp][] = [
    [
      "a private method",
      () =>
        class {
          // @ts-expect-error: nor do the types let it
          @exportRpc()
          #a() {}
          use() {
            this.#a();
          }
        },
      /goes on public methods, not on the private method #a/,
    ],
    [
      "a static method",
      () =>
        class {
          // @ts-expect-error: nor do the types let it
          @exportRpc()
          static a() {}
          b() {}
        },
      /not on the static method a/,
    ],
    [
      "a field",
      () =>
        class {
          // @ts-expect-error: nor do the types let it
          @exportRpc()
          a = () => 1;
        },
      /not on the field a/,
    ],
    [
      "a getter",
      () =>
        class {
          // @ts-expect-error: nor do the types let it
          @exportRpc()
          get a() {
            return 1;
          }
        },
      /not on the getter a/,
    ],
    [
      "an accessor",
      () =>
        class {
          // @ts-expect-error: nor do the types let it
          @exportRpc()
          accessor a = 1;
        },
      /not on the accessor a/,
    ],
    [
      "a class",
      () => {
        // @ts-expect-error: nor do the types let it
        @exportRpc()
        class A {}
        return A;
      },
      /not on the class A/,
    ],
    [
      "a method with a symbol for a name",
      () =>
        class {
          // @ts-expect-error: nor do the types let it
          @exportRpc()
          [Symbol.iterator]() {}
        },
      /cannot export Symbol\(Symbol\.iterator\)/,
    ],
    [
      "a method, without its parentheses",
      () =>
        class {
          // @ts-expect-error: nor do the types let it
          @exportRpc
          a() {}
        },
      /with the parentheses/,
    ],
  ];
  for (const [what, declare, message] of misplaced) {
    test(what, () => assert.throws(declare, { name: "TypeError", message }));
  }

  test("a method compiled with experimentalDecorators", () => {
    const legacy = exportRpc() as unknown as (target: object, name: string, descriptor?: PropertyDescriptor) => void;
    const clear = { name: "TypeError", message: /compile without experimentalDecorators/ };
    const { prototype } = Example;
    assert.throws(() => legacy(prototype, "helper", Object.getOwnPropertyDescriptor(prototype, "helper")), clear);
    assert.throws(() => legacy(prototype, "field"), clear);
  });
});

test("throws for a name that is none", () => {
  for (const name of ["", 5, null, {}, []]) {
    assert.throws(() => exportRpc({ name } as never), { name: "TypeError", message: /expected a name/ });
  }
  assert.throws(() => exportRpc(""), { name: "TypeError", message: 'expected a name to export a method by, got ""' });
  assert.throws(() => exportRpc(5 as never), { name: "TypeError", message: "expected a name or options, got number" });
});
