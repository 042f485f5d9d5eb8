/** What the options for addresses and retries let through. `npm run typecheck` is the test. */
import { test } from "node:test";
import type { CallOptions, Client, ClientOptions } from "../../src/index.ts";
import { areSame, type Same } from "./same.ts";

test("types of options for retries", () =>
  areSame<
    [
      Same<CallOptions["retry"], "not-sent" | false | undefined>,
      Same<ClientOptions["retry"], "not-sent" | undefined>,
      Same<ClientOptions["idempotent"], boolean | readonly string[] | undefined>,
      Same<CallOptions["attemptTimeout"], number | undefined>,
      Same<Client["addresses"], readonly string[]>,
      Same<
        ConstructorParameters<typeof Client>,
        [address: string | URL | readonly (string | URL)[], options?: ClientOptions | undefined]
      >,
    ]
  >(true, true, true, true, true, true));

export const wrong: readonly unknown[] = [
  // @ts-expect-error: what may have been executed is no matter of retry
  { retry: "unknown" } satisfies CallOptions,
  // @ts-expect-error: a call is one method's
  { idempotent: ["read"] } satisfies CallOptions,
  // @ts-expect-error: nothing to take back
  { retry: false } satisfies ClientOptions,
];
