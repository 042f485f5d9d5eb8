/** `exportMethods`: marks without decorators. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CallContext } from "../../src/service/context.ts";
import { exportMethods, exportRpc } from "../../src/service/export-rpc.ts";
import { Service } from "../../src/service/service.ts";
import { callNow, invalidParams, notFound } from "./kit.ts";

class Plain {
  base = 1;

  echo(text: string) {
    return text;
  }
  sub(a: number, b: number) {
    return this.base * (a - b);
  }
  who(context: CallContext) {
    return context.method;
  }
  helper() {}
}
exportMethods(Plain, {
  echo: true,
  sub: { name: "subtract", params: ["minuend", "subtrahend"] },
  who: { context: true },
});

describe("a class", () => {
  test("its instances export what it says, as it says, and nothing else", () => {
    const service = new Service().addHandler(new Plain(), { namespace: "plain" });
    assert.deepEqual(service.methodNames, ["plain.echo", "plain.subtract", "plain.who"]);
    assert.deepEqual(callNow(service, "plain.echo", ["x"]), { result: "x" });
    assert.deepEqual(callNow(service, "plain.subtract", { minuend: 3, subtrahend: 1 }), { result: 2 });
    assert.deepEqual(callNow(service, "plain.who"), { result: "plain.who" });
    assert.deepEqual(callNow(service, "plain.helper"), notFound);
  });

  test("its subclasses inherit the marks, and can mark anew and more", () => {
    class Sub extends Plain {
      override echo(text: string) {
        return `sub ${text}`;
      }
      added() {
        return "added";
      }
    }
    exportMethods(Sub, { added: true, who: "whoami", helper: "help" });
    const handler = new Sub();
    const service = new Service().addHandler(handler);
    assert.deepEqual(service.methodNames.sort(), ["added", "echo", "help", "subtract", "whoami"]);
    assert.deepEqual(callNow(service, "echo", ["x"]), { result: "sub x" });
    assert.deepEqual(new Service().addHandler(new Plain()).methodNames, ["echo", "subtract", "who"]);
  });

  test("a second call adds to the first and replaces what it names", () => {
    class Twice {
      a() {}
      b() {}
    }
    exportMethods(Twice, { a: true });
    exportMethods(Twice, { b: true, a: "first" });
    assert.deepEqual(new Service().addHandler(new Twice()).methodNames, ["first", "b"]);
  });

  test("may have a method of its own that is named as one of every object", () => {
    class Named {
      toString() {
        return "its own";
      }
    }
    exportMethods(Named, { toString: true });
    assert.deepEqual(callNow(new Service().addHandler(new Named()), "toString"), { result: "its own" });
  });

  test("it goes together with the decorator", () => {
    class Both {
      @exportRpc()
      a() {}
      b() {}
    }
    exportMethods(Both, { b: true });
    assert.deepEqual(new Service().addHandler(new Both()).methodNames.sort(), ["a", "b"]);
  });
});

describe("an object", () => {
  test("is a handler itself", () => {
    const handler = {
      factor: 3,
      times(a: number) {
        return this.factor * a;
      },
    };
    exportMethods(handler, { times: true });
    const service = new Service().addHandler(handler);
    assert.deepEqual(callNow(service, "times", [2]), { result: 6 });
    assert.deepEqual(callNow(service, "times", []), invalidParams("expected 1 argument, got 0"));
  });

  test("may be one without a prototype", () => {
    const handler = Object.assign(Object.create(null) as object, { a: () => 1 });
    exportMethods(handler, { a: true });
    assert.deepEqual(callNow(new Service().addHandler(handler), "a"), { result: 1 });
  });

  test("another object that has it as its prototype exports the same", () => {
    const parent = { a: () => "parent", b: () => "parent" };
    exportMethods(parent, { a: true, b: true });
    const child = Object.assign(Object.create(parent) as typeof parent, { b: () => "child" });
    const service = new Service().addHandler(child);
    assert.deepEqual(callNow(service, "a"), { result: "parent" });
    assert.deepEqual(callNow(service, "b"), { result: "child" });
  });
});

describe("throws", () => {
  const wrong: readonly [what: string, target: unknown, methods: object, message: string | RegExp][] = [
    ["for a method that is not there", Plain, { ekho: true }, "there is no method ekho to export"],
    ["for a field", { a: 1 }, { a: true }, "there is no method a to export"],
    ["for the class itself", Plain, { constructor: true }, "there is no method constructor to export"],
    ["for what every object has", Plain, { hasOwnProperty: true }, "there is no method hasOwnProperty to export"],
    ["for what every object has, of an object", {}, { toString: true }, "there is no method toString to export"],
    ["for an empty name", Plain, { echo: "" }, /expected a name to export a method by/],
    ["for a mark that is no mark", Plain, { echo: 5 }, "expected a name or options, got number"],
    ["for a mark that is false", Plain, { echo: false }, "expected a name or options, got boolean"],
    ["for a function that is no class", () => {}, { a: true }, "expected a class or an object"],
    ["for null", null, { a: true }, "expected a class or an object"],
    ["for a string", "Plain", { a: true }, "expected a class or an object"],
  ];
  for (const [what, target, methods, message] of wrong) {
    test(what, () => {
      assert.throws(() => exportMethods(target as object, methods as never), { name: "TypeError", message });
    });
  }

  test("and marks nothing then", () => {
    class Half {
      a() {}
    }
    assert.throws(() => exportMethods(Half, { a: true, b: true }), /no method b/);
    assert.throws(() => new Service().addHandler(new Half()), /Half exports no method/);
  });
});
