/** What the options for dialects and versions let through. `npm run typecheck` is the test. */
import { test } from "node:test";
import type {
  CancelDialect,
  ClientOptions,
  ConnectionOptions,
  ErrorCode,
  RequestCancelledError,
  ServerOptions,
  ServiceOptions,
} from "../../src/index.ts";
import { areSame, type Same } from "./same.ts";

test("types of options", () =>
  areSame<
    [
      Same<CancelDialect, "lsp" | "mcp">,
      Same<ClientOptions["cancel"], CancelDialect | undefined>,
      Same<ConnectionOptions["cancel"], CancelDialect | undefined>,
      Same<ServerOptions["cancel"], CancelDialect | undefined>,
      Same<ClientOptions["version"], "1.0" | "2.0" | undefined>,
      Same<ConnectionOptions["version"], "1.0" | "2.0" | undefined>,
      Same<ServiceOptions["legacy"], boolean | undefined>,
      Same<typeof ErrorCode.RequestCancelled, -32800>,
      Same<RequestCancelledError<{ reason: string }>["data"], { reason: string } | undefined>,
    ]
  >(true, true, true, true, true, true, true, true, true));

export const right: readonly (ClientOptions & ConnectionOptions)[] = [{ cancel: "lsp" }, { version: "1.0" }, {}];

export const wrong: readonly unknown[] = [
  // @ts-expect-error: no such dialect
  { cancel: "LSP" } satisfies ClientOptions,
  // @ts-expect-error: a dialect has a name
  { cancel: true } satisfies ConnectionOptions,
  // @ts-expect-error: nobody calls in 1.1
  { version: "1.1" } satisfies ClientOptions,
  // @ts-expect-error: a version is a string
  { version: 1 } satisfies ConnectionOptions,
  // @ts-expect-error: a server answers in the caller's version
  { version: "1.0" } satisfies ServerOptions,
  // @ts-expect-error: yes or no
  { legacy: "1.0" } satisfies ServiceOptions,
];
