/** Loggers: the default one, and that none can hurt. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { consoleLogger, guardedLogger, type Logger } from "../../src/service/logger.ts";
import { turns } from "../support/turns.ts";

const levels = ["debug", "info", "warn", "error"] as const;

test("by default warnings and errors go to the console, and the rest nowhere", (t) => {
  const said: unknown[][] = [];
  for (const level of [...levels, "log"] as const) {
    t.mock.method(console, level, (...args: unknown[]) => said.push([level, ...args]));
  }
  for (const logger of [consoleLogger, guardedLogger()]) {
    for (const level of levels) logger[level]("message", 1, 2);
  }
  const once = [
    ["warn", "message", 1, 2],
    ["error", "message", 1, 2],
  ];
  assert.deepEqual(said, [...once, ...once]);
});

test("a logger is called as its own method, with all details", () => {
  class Own implements Logger {
    readonly said: unknown[] = [];
    debug = this.#note;
    info = this.#note;
    warn = this.#note;
    error = this.#note;
    #note(...args: unknown[]): void {
      this.said.push(args);
    }
  }
  const own = new Own();
  const guarded = guardedLogger(own);
  for (const level of levels) guarded[level](level, 1, 2);
  assert.deepEqual(
    own.said,
    levels.map((level) => [level, 1, 2]),
  );
});

test("what a logger throws is dropped", () => {
  const fail = () => {
    throw new Error("full disk");
  };
  const guarded = guardedLogger({ debug: fail, info: fail, warn: fail, error: fail });
  for (const level of levels) guarded[level]("message");
});

test("what an asynchronous logger rejects with is dropped", async (t) => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on("unhandledRejection", note);
  t.after(() => process.off("unhandledRejection", note));
  const fail = async () => {
    throw new Error("network down");
  };
  const guarded = guardedLogger({ debug: fail, info: fail, warn: fail, error: fail });
  for (const level of levels) guarded[level]("message");
  await turns(2);
  assert.deepEqual(unhandled, []);
});
