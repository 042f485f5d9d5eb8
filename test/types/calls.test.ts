/** What the types of Client, Connection and Batch let through. `npm run typecheck` is the test. */
import { test } from "node:test";
import type { CallContext, Client, Connection, RemoteNamespace } from "../../src/index.ts";
import { areSame, type Same } from "./same.ts";

interface Api {
  add(a: number, b: number): number;
  later(text: string): Promise<string>;
  none(): void;
  optional(a?: number): number;
  rest(...values: number[]): number;
  one(object: { a: number }): string;
  "main.echo"(text: string): string;
  "main.sub.deep"(): boolean;
  notAMethod: number;
}

type Caller = Client<Api> | Connection<Api>;
type Resolved<F extends (...args: never[]) => unknown> = Awaited<ReturnType<F>>;

test("types of calls", () => areSame());

export function right(caller: Caller) {
  return [
    caller.call("add", [1, 2]),
    caller.call("add", { a: 1, b: 2 }),
    caller.call("add", [1, 2] as const, { timeout: 5 }),
    caller.call("later", ["x"], { signal: AbortSignal.abort() }),
    caller.call("none"),
    caller.call("none", []),
    caller.call("none", undefined, { timeout: 5 }),
    caller.call("optional"),
    caller.call("optional", [1]),
    caller.call("rest"),
    caller.call("rest", [1, 2, 3]),
    caller.call("one", [{ a: 1 }]),
    caller.call("one", { a: 1 }),
    caller.call("main.echo", ["x"]),
    caller.notify("add", [1, 2]),
    caller.notify("none"),
    caller.batch().call("add", [1, 2]),
    caller.batch().notify("none"),
    caller.namespace("main").echo("x"),
    caller.namespace("main")["sub.deep"](),
    caller.namespace("main.sub").deep(),
    caller.namespace("").add(1, 2),
  ];
}

export function wrong(caller: Caller, list: number[]) {
  return [
    // @ts-expect-error: no such method
    caller.call("nowhere"),
    // @ts-expect-error: no method
    caller.call("notAMethod"),
    // @ts-expect-error: not under the whole
    caller.call("echo", ["x"]),
    // @ts-expect-error: another type
    caller.call("add", ["1", 2]),
    // @ts-expect-error: too few
    caller.call("add", [1]),
    // @ts-expect-error: too many
    caller.call("add", [1, 2, 3]),
    // @ts-expect-error: as many as it happens to be
    caller.call("add", list),
    // @ts-expect-error: none
    caller.call("add"),
    // @ts-expect-error: neither array nor object
    caller.call("add", "x"),
    // @ts-expect-error: null
    caller.call("add", null),
    // @ts-expect-error: a map is written as {}
    caller.call("add", new Map()),
    // @ts-expect-error: takes none
    caller.call("none", [1]),
    // @ts-expect-error: another type
    caller.call("optional", ["x"]),
    // @ts-expect-error: another type
    caller.call("rest", [1, "x"]),
    // @ts-expect-error: another type inside
    caller.call("one", [{ a: "x" }]),
    // @ts-expect-error: no such option
    caller.call("none", [], { timeOut: 5 }),
    // @ts-expect-error: another type
    caller.notify("add", [1, "2"]),
    // @ts-expect-error: none
    caller.notify("add"),
    // @ts-expect-error: another type
    caller.batch().call("add", [1, "2"]),
    // @ts-expect-error: a batch's options are given to send
    caller.batch().call("add", [1, 2], { timeout: 5 }),
    // @ts-expect-error: another type
    caller.namespace("main").echo(1),
    // @ts-expect-error: nothing of that name there
    caller.namespace("main").add(1, 2),
    // @ts-expect-error: nothing of that name there
    caller.namespace("nowhere").echo("x"),
  ];
}

export function results(caller: Client<Api>, untyped: Client) {
  const batch = caller.batch();
  const calls = {
    add: () => caller.call("add", [1, 2]),
    later: () => caller.call("later", ["x"]),
    notify: () => caller.notify("add", [1, 2]),
    inBatch: () => batch.call("later", ["x"]),
    byNamespace: () => caller.namespace("main").echo("x"),
    untyped: () => untyped.call("anything", [1]),
    untypedNamespace: () => untyped.namespace("any").thing?.(1, "x"),
  };
  areSame<
    [
      Same<Resolved<typeof calls.add>, number>,
      Same<Resolved<typeof calls.later>, string>,
      Same<Resolved<typeof calls.notify>, void>,
      Same<Resolved<typeof calls.inBatch>, string>,
      Same<Resolved<typeof calls.byNamespace>, string>,
      Same<Resolved<typeof calls.untyped>, unknown>,
      Same<Resolved<typeof calls.untypedNamespace>, unknown>,
      Same<keyof RemoteNamespace<Api, "main">, "echo" | "sub.deep">,
    ]
  >(true, true, true, true, true, true, true, true);
}

interface Point {
  readonly x: number;
}

export function variablesOfAnInterface(point: Point, typed: Client<Api>, untyped: Client, called: CallContext) {
  return [
    typed.call("add", point),
    typed.notify("add", point),
    untyped.call("anything", point),
    untyped.batch().call("anything", point),
    called.connection?.call("anything", point),
    // @ts-expect-error: a map is written as {}
    untyped.call("anything", new Map()),
    // @ts-expect-error: so is a promise
    untyped.call("anything", Promise.resolve(point)),
    // @ts-expect-error: a function is no params
    untyped.call("anything", () => point),
  ];
}

export function withoutAnApi(untyped: Client) {
  return [
    untyped.call("anything"),
    untyped.call("anything", [1, { a: 2 }]),
    untyped.call("anything", { a: 1 }, { timeout: 5 }),
    untyped.batch().call("anything", [1]),
    // @ts-expect-error: neither array nor object
    untyped.call("anything", "x"),
    // @ts-expect-error: null
    untyped.call("anything", null),
  ];
}
