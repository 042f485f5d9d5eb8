/**
 * The types of a document that has a bit of everything, to the letter. After a change that is meant,
 * `UPDATE_GOLDEN=1 npm test -- test/openrpc/golden.test.ts` writes them anew.
 */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { type Client, type ErrorsOf, isRpcError, type RpcError } from "../../src/index.ts";
import { generateTypes } from "../../src/openrpc/index.ts";
import { areSame, type Same } from "../types/same.ts";
import type { Address, Api, Category, Order, Thing } from "./golden/shop.d.ts";

const path = (name: string) => new URL(`golden/${name}`, import.meta.url);

for (const [name, options] of [
  ["shop.d.ts", {}],
  ["shop-plain.d.ts", { name: "Shop", comments: false }],
] as const) {
  test(`the shop's document gives ${name}`, () => {
    const types = generateTypes(readFileSync(path("shop.json"), "utf8"), options);
    if (process.env.UPDATE_GOLDEN) writeFileSync(path(name), types);
    assert.equal(types, readFileSync(path(name), "utf8"));
  });
}

test("an interface has a name that can be one", () => {
  const document = readFileSync(path("shop.json"), "utf8");
  for (const name of ["", "api", "My Api", "Api;", 5 as unknown as string]) {
    assert.throws(() => generateTypes(document, { name }), /expected an identifier with a capital letter/);
  }
});

export function right(client: Client<Api>) {
  return [
    client.call("shop.find", ["lamp"]),
    client.call("shop.find", ["lamp", 3]),
    client.call("shop.find", { text: "lamp" }),
    client.call("shop.find", { text: "lamp", limit: 3 }),
    client.call("shop.order", { thing: 7, "ship-to": { street: "Elm Street", zip: "1" } }),
    client.call("shop.track", ["a"]),
    client.notify("shop.seen", [7, "zoom"]),
    client.notify("shop.seen", { function: "turn" }),
    client.call("shop.tree"),
    client.call("constructor"),
    client.namespace("shop").find("lamp"),
  ];
}

export function wrong(client: Client<Api>) {
  return [
    // @ts-expect-error: no such method
    client.call("shop.lose"),
    // @ts-expect-error: another type
    client.call("shop.find", [7]),
    // @ts-expect-error: no such parameter
    client.call("shop.find", { txt: "lamp" }),
    // @ts-expect-error: by name only
    client.call("shop.order", [7, { street: "Elm Street" }]),
    // @ts-expect-error: one is missing
    client.call("shop.order", { thing: 7 }),
    // @ts-expect-error: by position only
    client.call("shop.track", { order: "a" }),
    // @ts-expect-error: no such value
    client.notify("shop.seen", [7, "throw"]),
    // @ts-expect-error: by position nothing in front of it can be left out
    client.notify("shop.seen", ["zoom"]),
  ];
}

export function results(client: Client<Api>) {
  const find = () => client.call("shop.find", ["lamp"]);
  const order = () => client.call("shop.order", { thing: 7, "ship-to": { street: "Elm Street" } });
  const track = () => client.call("shop.track", ["a"]);
  const tree = () => client.call("shop.tree");
  const nothing = () => client.call("constructor");
  areSame<
    [
      Same<Awaited<ReturnType<typeof find>>, Thing[]>,
      Same<Awaited<ReturnType<typeof order>>, Order>,
      Same<Awaited<ReturnType<typeof track>>, Address | null>,
      Same<Awaited<ReturnType<typeof tree>>, Category>,
      Same<Awaited<ReturnType<typeof nothing>>, null>,
      Same<ErrorsOf<Api, "shop.order">["code"], 404 | 410>,
      Same<ErrorsOf<Api, "shop.find">, never>,
    ]
  >(true, true, true, true, true, true, true);
}

/** Declared errors are told apart by their codes. */
export function notFound(error: ErrorsOf<Api, "shop.order">): number | undefined {
  return error.code === 404 ? error.data.thing : undefined;
}

export const anyError = (error: unknown): RpcError | undefined => (isRpcError(error) ? error : undefined);
