/** What the types of blocking clients let through. `npm run typecheck` is the test. */
import { test } from "node:test";
import type { connectSync, SyncClient, SyncClientOptions, SyncNamespace, SyncResult } from "../../src/sync/index.ts";
import { areSame, type Same } from "./same.ts";

interface Api {
  add(a: number, b: number): number;
  later(text: string): Promise<string>;
  none(): void;
  "main.echo"(text: string): string;
  "main.later"(): Promise<boolean>;
}

test("types of blocking calls", () => {
  type Main = SyncNamespace<Api, "main">;
  areSame<
    [
      Same<Main["echo"], (text: string) => string>,
      Same<Main["later"], () => boolean>,
      Same<keyof Main, "echo" | "later">,
      Same<ReturnType<SyncNamespace<Api, "">["later"]>, string>,
    ]
  >(true, true, true, true);
});

export function right(client: SyncClient<Api>, any: SyncClient) {
  const sum: number = client.call("add", [1, 2]);
  const named: number = client.call("add", { a: 1, b: 2 }, { timeout: 5 });
  const text: string = client.call("later", ["x"]);
  client.call("none");
  client.notify("add", [1, 2], { timeout: 5 });
  const batch = client.batch();
  const member: SyncResult<number> = batch.call("add", [1, 2]);
  const later: string = batch.call("later", ["x"]).get();
  batch.send({ timeout: 5 });
  const unknown: unknown = any.call("whatever", { by: "name" });
  const proxied: unknown = any.namespace("x").anything?.(1, "2");
  return [sum, named, text, member, later, unknown, proxied];
}

export function made(connect: typeof connectSync) {
  const one: SyncClient<Api> = connect<Api>("tcp://127.0.0.1:7080");
  const several = connect<Api>(["tcp://127.0.0.1:7080", new URL("tcp://127.0.0.1:7081")], { retry: "not-sent" });
  const addresses: readonly string[] = several.addresses;
  const nats: SyncClientOptions = { nats: { nkeySeed: "SU…", name: "script", servers: ["127.0.0.1:4223"] } };
  // @ts-expect-error: an authenticator is a function, which cannot go to another thread
  const authenticated: SyncClientOptions = { nats: { authenticator: () => ({}) } };
  // @ts-expect-error: neither can a connection
  const shared: SyncClientOptions = { nats: { connection: {} } };
  // @ts-expect-error: nor a function that makes headers
  const renewed: SyncClientOptions = { http: { headers: () => ({}) } };
  return [one, addresses, nats, authenticated, shared, renewed];
}

export function wrong(client: SyncClient<Api>) {
  // @ts-expect-error: no such method
  client.call("nope");
  // @ts-expect-error: a param is missing
  client.call("add", [1]);
  // @ts-expect-error: params are missing
  client.call("add");
  // @ts-expect-error: of the wrong type
  client.call("later", [1]);
  // @ts-expect-error: nobody could abort it
  client.call("none", [], { signal: AbortSignal.abort() });
  // @ts-expect-error: the result is no promise
  client.call("later", ["x"]).then();
}
