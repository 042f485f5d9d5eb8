/**
 * Documents that others wrote: their types compile, and say what a client needs; compared with themselves, and with what they are
 * with each reference resolved, as some publish them, nothing differs.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { test } from "node:test";
import { compareDocuments, generateTypes } from "../../src/openrpc/index.ts";
import { compileErrors } from "./compiled.ts";

const packages = join(createRequire(import.meta.url).resolve("ws/package.json"), "../..");
const folders = ["@open-rpc/examples/build/service-descriptions", "@metamask/api-specs/dist/build"];
const documents = folders.flatMap((folder) => {
  const files = readdirSync(join(packages, folder)).filter((file) => file.endsWith(".json"));
  return files.map((file): [name: string, text: string] => [
    basename(file, ".json"),
    readFileSync(join(packages, folder, file), "utf8"),
  ]);
});

/** What a user of the generated types writes, right and wrong. MetaMask's `openrpc` has Ethereum's execution API in it. */
const uses = `
import type { Client, ErrorsOf } from "tsjason";
import type { Api as Ethereum, Block } from "./openrpc.d.ts";
import type { Api as Pets, Pet } from "./petstore-openrpc.d.ts";
import type { Api as PetsByName } from "./params-by-name-petstore-openrpc.d.ts";
import type { Api as Links } from "./link-example-openrpc.d.ts";
import type { Api as MathApi } from "./simple-math-openrpc.d.ts";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

export async function ethereum(client: Client<Ethereum>) {
  const block: Block | null = await client.call("eth_getBlockByNumber", ["latest", false]);
  const hash: string | undefined = block?.hash;
  await client.call("eth_getBlockByNumber", { Block: "0x10", "Hydrated transactions": true });
  const balance: Same<Awaited<ReturnType<typeof getBalance>>, string> = true;
  const getBalance = () => client.call("eth_getBalance", ["0x0", "pending"]);
  await client.call("wallet_watchAsset", { type: "ERC20", options: { address: "0x0", symbol: "A", decimals: 18 } });
  // @ts-expect-error: no such method
  await client.call("eth_getBlock", ["latest", false]);
  // @ts-expect-error: not a block
  await client.call("eth_getBlockByNumber", [5, false]);
  // @ts-expect-error: one is missing
  await client.call("eth_getBlockByNumber", ["latest"]);
  // @ts-expect-error: by name only
  await client.call("wallet_watchAsset", ["ERC20", {}]);
  return [hash, balance, getBalance];
}

export async function pets(client: Client<Pets>) {
  const all: Pet[] = await client.call("list_pets");
  await client.call("list_pets", [5]);
  const id: number = await client.call("create_pet", ["Rex"]);
  const errors: Same<ErrorsOf<Pets, "list_pets">["code"], 100> = true;
  // @ts-expect-error: not a number
  await client.call("list_pets", ["5"]);
  return [all, id, errors];
}

export async function others(byName: Client<PetsByName>, links: Client<Links>, math: Client<MathApi>) {
  await byName.call("list_pets", { limit: 5 });
  await byName.call("list_pets");
  await byName.call("get_pet", ["7"]);
  // @ts-expect-error: by name only
  await byName.call("list_pets", [5]);
  // @ts-expect-error: by position only
  await byName.call("get_pet", { petId: "7" });
  await links.call("get_pull_requests_by_repository", ["me", "it", "merged"]);
  // @ts-expect-error: no such state
  await links.call("get_pull_requests_by_repository", ["me", "it", "lost"]);
  const sum: number = await math.call("addition", [1, 2]);
  return sum;
}
`;

test("documents that others wrote become types that compile and fit", () => {
  assert(documents.length >= 8);
  const types = documents.map(([name, text]) => [`${name}.d.ts`, generateTypes(text)]);
  assert.equal(compileErrors({ ...Object.fromEntries(types), "uses.ts": uses }), "");
});

/** The value with what its references name in their place; what is met inside itself stays a reference. */
function resolved(value: unknown, document: unknown, inside: readonly string[] = []): unknown {
  if (Array.isArray(value)) return value.map((one) => resolved(one, document, inside));
  if (typeof value !== "object" || value === null) return value;
  const { $ref } = value as { $ref?: unknown };
  if (typeof $ref !== "string" || !$ref.startsWith("#/")) {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolved(one, document, inside)]));
  }
  if (inside.includes($ref)) return value;
  const keys = $ref.slice(2).split("/");
  const named = keys.reduce((at, key) => (at as Record<string, unknown>)[key], document);
  return resolved(named, document, [...inside, $ref]);
}

for (const [name, text] of documents) {
  test(`${name} does not differ from itself`, () => {
    assert.deepEqual(compareDocuments(text, JSON.parse(text)), []);
  });

  test(`${name} with its references resolved is the same`, () => {
    const findings = compareDocuments(text, flattened(text)).filter(
      ({ message }) => !message.startsWith("patternProperties"),
    );
    assert.deepEqual(findings, []);
  });
}

/* All at once: the compiler takes longer to begin than for any of them. */
test("documents with their references resolved become types that compile", () => {
  const types = documents.map(([name, text]) => [`${name}.d.ts`, generateTypes(flattened(text))]);
  assert.equal(compileErrors(Object.fromEntries(types)), "");
});

/** A document with its references resolved, as far as they have an end. */
function flattened(text: string): object {
  const document = JSON.parse(text);
  const { components, ...flat } = resolved(document, document) as { components?: unknown };
  return JSON.stringify(flat).includes('"$ref":"#/components/') ? { ...flat, components } : flat;
}
