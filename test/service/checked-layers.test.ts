/** Middlewares around methods with schemas: the checks are the innermost. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { InternalError } from "../../src/protocol/errors/internal-error.ts";
import { InvalidParamsError } from "../../src/protocol/errors/invalid-params-error.ts";
import { Service } from "../../src/service/service.ts";
import { aNumber, aNumberAfter, throwing } from "../support/schemas.ts";
import { gate } from "../support/settling.ts";
import { turns } from "../support/turns.ts";
import { call, callNow, internalError, serverTimeout } from "./kit.ts";

function watched() {
  const seen: unknown[] = [];
  const failures: unknown[] = [];
  const service = new Service({ onError: (error) => failures.push(error) });
  service.use(async ({ params }, next) => {
    try {
      return await next(Array.isArray(params) && params[0] === "one" ? { params: [1] } : undefined);
    } catch (error) {
      seen.push(error);
      throw error;
    }
  });
  return { service, seen, failures };
}

test("a middleware sees a refusal, and the params it puts in are checked like any", async () => {
  const { service, seen } = watched();
  service.addMethod("m", (n) => n, { params: [aNumber] });
  assert.deepEqual(await call(service, "m", ["one"]), { result: 1 });
  const answer = await call(service, "m", ["two"]);
  assert("error" in answer && answer.error.code === -32602);
  assert(seen[0] instanceof InvalidParamsError);
  assert.deepEqual(seen[0].toJSON(), answer.error);
});

test("a schema that throws is -32603 to a middleware too, and the hook gets the original", async () => {
  const original = new Error("of the schema");
  const { service, seen, failures } = watched();
  service.addMethod("m", () => 1, { result: throwing(original) });
  assert.deepEqual(await call(service, "m"), internalError);
  assert(seen[0] instanceof InternalError);
  assert.deepEqual(failures, [original]);
});

test("an answer that is there at once goes out at once", () => {
  const service = new Service().addMethod("m", (n) => n, { params: [aNumber], result: aNumber });
  service.use((_call, next) => next());
  assert.deepEqual(callNow(service, "m", [1]), { result: 1 });
});

test("a method does not run where its call has ended while a schema took its time", async () => {
  const { service } = watched();
  const opened = gate();
  let runs = 0;
  service.addMethod("m", () => runs++, { params: [aNumberAfter(opened.promise)] });
  const answer = call(service, "m", [1]);
  await turns(1);
  service.cancelPending();
  assert.deepEqual(await answer, serverTimeout);
  opened.open();
  await turns(3);
  assert.equal(runs, 0);
});
