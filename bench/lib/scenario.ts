import type { TextKind } from "./load.ts";

/** What goes on in one process: both ends, and between them no kernel, so that what is left is the library. */
export interface Scenario {
  readonly outstanding: number;
  readonly size: number;
  /** Default: plain. */
  readonly text?: TextKind;
  /** `service.handle(text)` alone, and no client. */
  readonly handleOnly?: boolean;
  /** Calls in a batch. */
  readonly batch?: number;
  readonly method?:
    | "echo"
    | "main.echo"
    | "echoAsync"
    | "echoPlainly"
    | "echoContext"
    | "echoValibot"
    | "echoWithZod"
    | "echoAnySort";
  /** The client's timeout in milliseconds, 0 for none. Default: the product's own. */
  readonly timeout?: number;
  /** The service's timeout. */
  readonly serviceTimeout?: number;
  /** `shared`: all calls have one signal; `own`: each has its own; `unused`: each makes one and does not pass it. */
  readonly signal?: "shared" | "own" | "unused";
  readonly proxy?: boolean;
  /** `here`: one on each side, which passes on; `elsewhere`: the same on another connection, and none here. */
  readonly middleware?: "here" | "elsewhere";
  /** `absent`: as in a browser, without any channels; `over`: somebody listened once; `heard`: somebody listens. */
  readonly tracing?: "absent" | "over" | "heard";
  /** The other end is the floor: what is left is one end of the product. */
  readonly only?: "client" | "server";
}

const KiB = 1024;

/** The codec bench's. */
export const scenarios = {
  "1": { outstanding: 1, size: 13 },
  "16": { outstanding: 16, size: 13 },
  "256": { outstanding: 256, size: 13 },
  "1000": { outstanding: 1_000, size: 13 },
  "4096": { outstanding: 4_096, size: 13 },
  "256x5": { outstanding: 256, size: 5 },
  "256x100": { outstanding: 256, size: 100 },
  "256x1KiB": { outstanding: 256, size: KiB },
  "16x64KiB": { outstanding: 16, size: 64 * KiB },
  "4x1MiB": { outstanding: 4, size: 1024 * KiB },
  "256x1KiB-wide": { outstanding: 256, size: KiB, text: "wide" },
  "16x64KiB-wide": { outstanding: 16, size: 64 * KiB, text: "wide" },
  "256x1KiB-lines": { outstanding: 256, size: KiB, text: "lines" },
  "16x64KiB-lines": { outstanding: 16, size: 64 * KiB, text: "lines" },
  async: { outstanding: 256, size: 13, method: "echoAsync" },
  schema: { outstanding: 256, size: 13, method: "echoAnySort" },
  valibot: { outstanding: 256, size: 13, method: "echoValibot" },
  zod: { outstanding: 256, size: 13, method: "echoWithZod" },
  batch: { outstanding: 400, size: 13, batch: 100 },
  "shared-signal": { outstanding: 256, size: 13, signal: "shared" },
  client: { outstanding: 256, size: 13, only: "client" },
  server: { outstanding: 256, size: 13, only: "server" },
  handle: { outstanding: 1, size: 13, handleOnly: true },
} satisfies Record<string, Scenario>;

/** What a path costs with something, next to the same path without it. */
export interface Feature {
  readonly name: string;
  readonly label: string;
  readonly without: Scenario;
  readonly with: Scenario;
}

const usual: Scenario = { outstanding: 256, size: 13 };
/* Whose name is as long as those of methods that have something: a name is read, sought and written, too. */
const named: Scenario = { ...usual, method: "echoPlainly" };
const asynchronous: Scenario = { ...usual, method: "echoAsync" };

export const features: readonly Feature[] = [
  { name: "nothing", label: "the same again (noise)", without: usual, with: { ...usual } },
  { name: "timeout", label: "a timeout on every call", without: { ...usual, timeout: 0 }, with: usual },
  { name: "shared-signal", label: "one signal for all calls", without: usual, with: { ...usual, signal: "shared" } },
  {
    name: "own-signal",
    label: "a signal for each call",
    without: { ...usual, signal: "unused" },
    with: { ...usual, signal: "own" },
  },
  {
    name: "context",
    label: "a context whose signal nobody touches",
    without: named,
    with: { ...usual, method: "echoContext" },
  },
  {
    name: "proxy",
    label: "the typed proxy",
    without: { ...usual, method: "main.echo" },
    with: { ...usual, proxy: true },
  },
  {
    name: "schema",
    label: "params by a schema that takes anything",
    without: named,
    with: { ...usual, method: "echoAnySort" },
  },
  {
    name: "valibot",
    label: "params by a schema of valibot",
    without: named,
    with: { ...usual, method: "echoValibot" },
  },
  { name: "zod", label: "params by a schema of zod", without: named, with: { ...usual, method: "echoWithZod" } },
  {
    name: "service-timeout",
    label: "a service's timeout, async methods",
    without: asynchronous,
    with: { ...asynchronous, serviceTimeout: 2_000 },
  },
  {
    name: "middleware-unused",
    label: "no middleware here, some elsewhere",
    without: usual,
    with: { ...usual, middleware: "elsewhere" },
  },
  {
    name: "tracing-unused",
    label: "tracing channels nobody listens to any more",
    without: { ...usual, tracing: "absent" },
    with: { ...usual, tracing: "over" },
  },
  {
    name: "middleware",
    label: "a middleware that passes on, on both sides",
    without: usual,
    with: { ...usual, middleware: "here" },
  },
  { name: "tracing", label: "a listener on both sides", without: usual, with: { ...usual, tracing: "heard" } },
];
