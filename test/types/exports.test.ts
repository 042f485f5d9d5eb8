/** `Exports`: a handler class as its callers see it. `npm run typecheck` is the test. */
import { test } from "node:test";
import { type CallContext, type Client, type Exports, exportRpc } from "../../src/index.ts";
import { areSame, type Same } from "./same.ts";

/** `any`: it takes everything, and is not to be taken for the context. */
type Anything = ReturnType<typeof JSON.parse>;

class Example {
  @exportRpc("echo")
  echo2(text: string) {
    return text;
  }

  @exportRpc({ context: true })
  async whoami({ method }: CallContext, suffix: string) {
    return method + suffix;
  }

  @exportRpc({ context: true, params: ["greeting?"] })
  greet({ method }: CallContext, greeting = "hello") {
    return greeting + method;
  }

  @exportRpc({ params: ["...values"] })
  sum(...values: number[]) {
    return values.length;
  }

  @exportRpc({ context: true, params: ["...values"] })
  sumWithContext(_context: CallContext, ...values: number[]) {
    return values.length;
  }

  @exportRpc()
  anything(value: Anything) {
    return [value];
  }

  helper() {}
  field = 1;
  protected inherited() {}
  private own() {
    return this.field;
  }

  use() {
    return this.own();
  }
}

interface Seen {
  "main.echo": (text: string) => string;
  "main.whoami": (suffix: string) => Promise<string>;
  "main.greet": (greeting?: string) => string;
  "main.sum": (...values: number[]) => number;
  "main.sumWithContext": (...values: number[]) => number;
  "main.anything": (value: Anything) => Anything[];
}

type Api = Exports<Example, "main", { echo2: "echo"; helper: never; use: never }>;
type WithoutNamespace = Exports<Example, "", { helper: never; use: never }>;
type Plain = Exports<{ a(): 1; b(x: string): 2; c: 3 }>;

test("types of Exports", () => {
  areSame<
    [
      Same<keyof Api, keyof Seen>,
      Same<Api["main.echo"], Seen["main.echo"]>,
      Same<Api["main.whoami"], Seen["main.whoami"]>,
      Same<Api["main.greet"], Seen["main.greet"]>,
      Same<Api["main.sum"], Seen["main.sum"]>,
      Same<Api["main.sumWithContext"], Seen["main.sumWithContext"]>,
      Same<Api["main.anything"], Seen["main.anything"]>,
      Same<keyof WithoutNamespace, "echo2" | "whoami" | "greet" | "sum" | "sumWithContext" | "anything">,
      Same<keyof Plain, "a" | "b">,
      Same<Plain["b"], (x: string) => 2>,
    ]
  >(true, true, true, true, true, true, true, true, true, true);
});

export function callers(client: Client<Api>) {
  return [
    client.call("main.echo", ["x"]),
    client.call("main.whoami", ["x"]),
    client.call("main.greet"),
    client.call("main.greet", { greeting: "x" }),
    client.call("main.sum", [1, 2]),
    client.namespace("main").whoami("x"),
    client.namespace("main").greet(),
    // @ts-expect-error: renamed
    client.call("main.echo2", ["x"]),
    // @ts-expect-error: not exported
    client.call("main.helper"),
    // @ts-expect-error: private
    client.call("main.own"),
    // @ts-expect-error: protected
    client.call("main.inherited"),
    // @ts-expect-error: no method
    client.call("main.field"),
    // @ts-expect-error: the context is the handler's own
    client.call("main.whoami", [{}, "x"]),
    // @ts-expect-error: without the namespace
    client.call("echo", ["x"]),
  ];
}

// @ts-expect-error: there is no such method to rename
export type Misspelled = Exports<Example, "main", { ehco2: "echo" }>;
// @ts-expect-error: a name is a string
export type NoName = Exports<Example, "main", { echo2: 5 }>;
