import { fileURLToPath } from "node:url";
import { isAnyArrayBuffer, isArrayBufferView, isKeyObject } from "node:util/types";
import type { ClientOptions } from "../client/options.ts";
import type { HttpDialOptions } from "../transport/http/options.ts";
import type { NatsDialOptions } from "../transport/nats/options.ts";
import type { StdioDialOptions } from "../transport/stdio/stdio.ts";
import type { Opening } from "./order.ts";

/**
 * How a blocking client is made: as a `Client`, by what can go to another thread. Functions cannot, but for those of
 * `logger` and `stdio.stderr`, which are told at the end of each call what happened meanwhile.
 */
export interface SyncClientOptions extends Omit<ClientOptions, "service" | "clock" | "http" | "nats"> {
  /** For `http:` and `https:` addresses: headers, how many requests at once. */
  readonly http?: Pick<HttpDialOptions, "concurrency"> & { readonly headers?: Readonly<Record<string, string>> };
  /** For `nats:` addresses: servers, TLS, … and as whom to connect: `credentials`, `nkeySeed`, `token`, or `user` and `pass`. */
  readonly nats?: NatsDialOptions & { readonly connection?: never; readonly authenticator?: never };
}

/** Why there is none of these. */
const missing = new Map([
  ["service", "while this thread waits nobody here could answer the server's calls"],
  ["clock", "the time that passes while this thread waits is the system's"],
]);

/**
 * What goes to the worker.
 *
 * @throws TypeError when an option cannot
 */
export function openingOf(addresses: readonly string[], options: SyncClientOptions): Opening {
  for (const [name, why] of missing) {
    if ((options as Record<string, unknown>)[name] === undefined) continue;
    throw new TypeError(`expected no ${name} in the options of a blocking client: ${why}`);
  }
  const { logger, stdio, ...rest } = options;
  assertCarriedNats(rest.nats);
  const carried = { ...rest, ...(stdio && { stdio: carriedStdio(stdio) }) };
  assertCarried(carried, "", []);
  const takesLines = typeof stdio?.stderr === "function";
  return { addresses, options: copyOf(carried), verbose: logger !== undefined, takesLines };
}

/** @throws TypeError that says what to give instead */
function assertCarriedNats({ connection, authenticator }: Readonly<Record<string, unknown>> = {}): void {
  if (connection !== undefined) {
    throw new TypeError(
      "expected no nats.connection in the options of a blocking client: another thread cannot share it",
    );
  }
  if (authenticator === undefined) return;
  const instead = "nats.credentials, nats.nkeySeed, nats.token, or nats.user and nats.pass";
  throw new TypeError(`expected ${instead}, which can go to another thread, got nats.authenticator`);
}

/** As it will arrive; what becomes of the given one later changes nothing. */
function copyOf(options: ClientOptions): ClientOptions {
  try {
    return structuredClone(options);
  } catch (cause) {
    throw new TypeError("expected options that can go to another thread", { cause });
  }
}

function carriedStdio({ stderr, cwd, ...rest }: StdioDialOptions): StdioDialOptions {
  return {
    ...rest,
    ...(typeof stderr === "string" && { stderr }),
    // A URL would arrive as nothing.
    ...(cwd !== undefined && { cwd: cwd instanceof URL ? fileURLToPath(cwd) : cwd }),
  };
}

/** What is cloned whole. */
function isOne(value: object): boolean {
  return isArrayBufferView(value) || isAnyArrayBuffer(value) || isKeyObject(value);
}

function assertCarried(value: unknown, path: string, around: readonly object[]): void {
  if (typeof value === "function" || typeof value === "symbol") refuse(path, `a ${typeof value}`);
  if (typeof value !== "object" || value === null || isOne(value)) return;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype && !Array.isArray(value)) {
    refuse(path, `a ${value.constructor?.name ?? "value of a class"}`);
  }
  if (around.includes(value)) return;
  for (const [name, member] of Object.entries(value)) {
    assertCarried(member, path === "" ? name : `${path}.${name}`, [...around, value]);
  }
}

function refuse(path: string, what: string): never {
  throw new TypeError(`expected something that can go to another thread as the option ${path}, got ${what}`);
}
