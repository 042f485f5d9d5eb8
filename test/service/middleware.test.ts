/** Middlewares of a service: what they see, what they can change, and what they cannot break. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { cancellationIn } from "../../src/protocol/cancellation.ts";
import { isRpcError, RpcError } from "../../src/protocol/errors/rpc-error.ts";
import { ServerTimeoutError } from "../../src/protocol/errors/server-timeout-error.ts";
import type { Params } from "../../src/protocol/message.ts";
import { parseMessage } from "../../src/protocol/parse.ts";
import type { CallContext } from "../../src/service/context.ts";
import type { IncomingCall, ServiceMiddleware, ServiceNext } from "../../src/service/middleware.ts";
import { Service } from "../../src/service/service.ts";
import { FakeClock } from "../../src/testing/fake-clock.ts";
import { gate, watch } from "../support/settling.ts";
import { turns } from "../support/turns.ts";
import {
  type Answer,
  answerOf,
  call,
  callNow,
  invalidParams,
  isSettled,
  notFound,
  notify,
  request,
  serverError,
  serverTimeout,
  silent,
  unavailable,
} from "./kit.ts";

function calculator(options: ConstructorParameters<typeof Service>[0] = {}): Service {
  return new Service({ logger: silent, ...options })
    .addMethod("add", (a: number, b: number) => a + b)
    .addMethod("addLater", async (a: number, b: number) => a + b)
    .addMethod("never", () => new Promise<never>(() => {}))
    .addMethod("fail", () => {
      throw new TypeError("as it was told");
    })
    .addMethod("refuse", () => {
      throw new RpcError(7, "refused", { why: "so" });
    });
}

/** A middleware that writes down what it sees, and changes nothing. */
function witness(seen: unknown[], name = ""): ServiceMiddleware {
  return async ({ method, params }, next) => {
    seen.push(`${name}> ${method} ${JSON.stringify(params)}`);
    try {
      const result = await next();
      seen.push(`${name}< ${JSON.stringify(result)}`);
      return result;
    } catch (error) {
      seen.push(`${name}! ${(error as Error).name}`);
      throw error;
    }
  };
}

describe("a middleware of a service", () => {
  test("goes around the ones that were added after it", async () => {
    const seen: string[] = [];
    const service = calculator().use(witness(seen, "a")).use(witness(seen, "b"));
    assert.deepEqual(await call(service, "add", [1, 2]), { result: 3 });
    assert.deepEqual(seen, ["a> add [1,2]", "b> add [1,2]", "b< 3", "a< 3"]);
  });

  test("sees the method, whether there is one, the params and the context the method gets", async () => {
    const calls: IncomingCall[] = [];
    let given: CallContext | undefined;
    const keep = (context: CallContext, _name: unknown) => {
      given = context;
    };
    const service = calculator()
      .addMethod("whoami", keep, { context: true })
      .use((incoming, next) => {
        calls.push(incoming);
        return next();
      });
    const connection = { peer: { transport: "memory" }, call: async () => 1, notify: async () => {} };
    await service.handle(request("whoami", { name: 1 }), { connection });
    const { context, ...rest } = calls[0] as IncomingCall;
    assert.deepEqual(rest, { method: "whoami", known: true, params: { name: 1 } });
    assert.equal(context, given, "the same object, so that a WeakMap knows it again");
    assert.equal(context.connection, connection);
    assert.deepEqual(
      [context.method, context.notification, context.deadline, context.trace],
      ["whoami", false, undefined, undefined],
    );
  });

  test("answers at once where it and the method do", () => {
    const service = calculator()
      .use((_call, next) => next())
      .use((_call, next) => (next() as number) * 10);
    assert.deepEqual(callNow(service, "add", [1, 2]), { result: 30 });
    assert.equal(service.inFlight, 0);
  });

  test("replaces params, and those inside see what it replaced them with", async () => {
    const seen: unknown[] = [];
    const service = calculator()
      .use(({ params }, next) => next({ params: [...(params as number[]), 5] }))
      .use(({ params }, next) => {
        seen.push(params);
        return next({});
      });
    assert.deepEqual(await call(service, "add", [1]), { result: 6 }, "params that fit only then");
    assert.deepEqual(seen, [[1, 5]]);
  });

  test("replaces the result, and an error by another or by a result", async () => {
    const service = calculator().use(async (incoming, next) => {
      if (incoming.method === "add") return { sum: await next() };
      try {
        return await next();
      } catch (error) {
        if (isRpcError(error)) return "nothing to worry about";
        throw new RpcError(8, "translated");
      }
    });
    assert.deepEqual(await call(service, "add", [1, 2]), { result: { sum: 3 } });
    assert.deepEqual(await call(service, "fail"), { error: { code: 8, message: "translated" } });
    assert.deepEqual(await call(service, "refuse"), { result: "nothing to worry about" });
  });

  test("answers without the method", () => {
    let ran = 0;
    const service = new Service().addMethod("count", () => ++ran).use(() => "from the cache");
    assert.deepEqual(callNow(service, "count"), { result: "from the cache" });
    assert.equal(ran, 0);
  });

  test("refuses with an RpcError; what else it throws is a server error, and told to the hook only", async () => {
    const told: unknown[] = [];
    const service = calculator({ onError: (error, { method }) => told.push([(error as Error).message, method]) });
    service.use(({ method }, next) => {
      if (method === "add") throw new RpcError(403, "Forbidden");
      if (method === "addLater") throw new Error("secret");
      return next();
    });
    assert.deepEqual(callNow(service, "add", [1, 2]), { error: { code: 403, message: "Forbidden" } });
    assert.deepEqual(callNow(service, "addLater", [1, 2]), serverError);
    assert.deepEqual(told, [["secret", "addLater"]]);
  });

  test("sees what a method throws, as it was thrown, and the hook is told once", async () => {
    const seen: unknown[] = [];
    const told: unknown[] = [];
    const service = calculator({ onError: (error) => told.push((error as Error).message) }).use(witness(seen));
    assert.deepEqual(await call(service, "fail"), serverError);
    assert.deepEqual(await call(service, "refuse"), { error: { code: 7, message: "refused", data: { why: "so" } } });
    assert.deepEqual(seen, ["> fail undefined", "! TypeError", "> refuse undefined", "! RpcError"]);
    assert.deepEqual(told, ["as it was told"]);
  });

  test("is used by the calls that come after it was added", async () => {
    const seen: string[] = [];
    const opened = gate<number>();
    const service = calculator().addMethod("wait", () => opened.promise);
    const before = call(service, "wait");
    service.use(witness(seen));
    opened.open(1);
    assert.deepEqual(await before, { result: 1 });
    assert.deepEqual(seen, []);
    await call(service, "add", [1, 2]);
    assert.equal(seen.length, 2);
  });

  test("that is no function is refused", () => {
    for (const nothing of [undefined, null, {}, "log"]) {
      assert.throws(() => new Service().use(nothing as never), /expected a function as a middleware, got/);
    }
  });
});

describe("next()", () => {
  /** What calls of a service answer whose middleware does as it is told. */
  function through(middleware: ServiceMiddleware) {
    const told: string[] = [];
    const service = calculator({ onError: (error) => told.push((error as Error).message) }).use(middleware);
    return { service, told };
  }

  test("throws the second time, and the method runs once", async () => {
    let ran = 0;
    const { service, told } = through((_call, next) => {
      next();
      return next();
    });
    service.addMethod("count", () => ++ran);
    assert.deepEqual(callNow(service, "count"), serverError);
    assert.equal(ran, 1);
    assert.deepEqual(told, ["a middleware called next() twice: a call is made once"]);
  });

  test("throws after the call was answered, and the method does not run", async () => {
    let late!: ServiceNext;
    let ran = 0;
    const { service } = through((_call, next) => {
      late = next;
      return "answered";
    });
    service.addMethod("count", () => ++ran);
    assert.deepEqual(callNow(service, "count"), { result: "answered" });
    assert.throws(() => late(), /called next\(\) after the call was answered/);
    assert.equal(ran, 0);
  });

  test("that nobody awaits is no unhandled rejection", async () => {
    const { service } = through((_call, next) => {
      void next();
      return "fine";
    });
    service.addMethod("failLater", async () => {
      throw new Error("later");
    });
    assert.deepEqual(callNow(service, "failLater"), { result: "fine" });
    await turns(2);
  });

  for (const [what, changes, message] of [
    ["no object", "params", "next() takes changes as { params: … }, or nothing; got string"],
    ["null", null, "next() takes changes as { params: … }, or nothing; got null"],
    ["params themselves", [1, 2], "next() takes changes as { params: … }, or nothing; got an array"],
    ["params that are none", { params: 7 }, "next() takes an array or an object as params, got number"],
    ["params that are null", { params: null }, "next() takes an array or an object as params, got null"],
  ] as const) {
    test(`refuses ${what}`, () => {
      const { service, told } = through((_call, next) => next(changes as never));
      assert.deepEqual(callNow(service, "add", [1, 2]), serverError);
      assert.deepEqual(told, [message]);
    });
  }
});

describe("what middlewares see", () => {
  test("of methods there are not: the name, and that it is unknown", async () => {
    const seen: unknown[] = [];
    const service = calculator().use(witness(seen));
    assert.deepEqual(await call(service, "nowhere", [1]), notFound);
    assert.deepEqual(await call(service, "constructor"), notFound);
    assert.deepEqual(seen, [
      "> nowhere [1]",
      "! MethodNotFoundError",
      "> constructor undefined",
      "! MethodNotFoundError",
    ]);
    assert.equal(service.inFlight, 0);
  });

  test("of params that do not fit: them, and next() throws", async () => {
    const seen: unknown[] = [];
    const service = calculator().use(witness(seen));
    assert.deepEqual(await call(service, "add", [1]), invalidParams("expected 2 arguments, got 1"));
    assert.deepEqual(seen, ["> add [1]", "! InvalidParamsError"]);
  });

  test("of an unknown method: they may answer it", () => {
    const service = calculator().use(({ known, method }, next) => (known ? next() : `made up for ${method}`));
    assert.deepEqual(callNow(service, "nowhere"), { result: "made up for nowhere" });
    assert.deepEqual(callNow(service, "add", [1, 2]), { result: 3 });
  });

  test("the error hook is not told a made-up name", async () => {
    const told: unknown[] = [];
    const service = calculator({ onError: (_error, { method }) => told.push(method) }).use(() => {
      throw new Error("broken");
    });
    assert.deepEqual(await call(service, "x".repeat(1_000)), serverError);
    assert.deepEqual(told, [""]);
  });

  test("not what is refused without being tried: stopped, or too much at once", async () => {
    const seen: unknown[] = [];
    const service = calculator({ limits: { inFlight: 1 } }).use(witness(seen));
    const stopped = service.stopServing();
    assert.deepEqual(await call(service, "add", [1, 2]), unavailable);
    assert.deepEqual(await call(service, "add", [1]), invalidParams("expected 2 arguments, got 1"));
    assert.deepEqual(seen, []);
    await stopped;
    service.startServing();
    void call(service, "never");
    assert.match(JSON.stringify(callNow(service, "add", [1, 2])), /-32096/);
    assert.deepEqual(callNow(service, "nowhere"), notFound);
    assert.deepEqual(seen, ["> never undefined"]);
  });

  test("not what is no request, nor an answer, nor a notification whose params are none", () => {
    const seen: unknown[] = [];
    const service = calculator().use(witness(seen));
    for (const text of ["{", "[]", "[1]", '{"jsonrpc":"2.0","id":1}', '{"jsonrpc":"2.0","id":1,"result":1}']) {
      assert.equal(typeof service.handle(text), "string");
    }
    assert.equal(service.handle('{"jsonrpc":"2.0","method":"add","params":7}'), undefined);
    assert.equal(service.handle('{"jsonrpc":"2.0","method":"add","params":null}'), undefined);
    assert.deepEqual(seen, []);
  });

  test("not the notification that cancels a call, unless the service has a method of that name", () => {
    const seen: unknown[] = [];
    const service = calculator().use(witness(seen));
    const caller = service.open({ limits: { inFlight: 9, totalInFlight: 9 }, cancellation: cancellationIn("lsp") });
    const texts: string[] = [];
    const receive = (text: string) => caller.receive(parseMessage(text, 9), { answer: (out) => texts.push(out) });
    receive(request("never", [], 5));
    receive('{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":5}}');
    assert.deepEqual(texts.map(answerOf), [{ error: { code: -32800, message: "Request cancelled" } }]);
    assert.deepEqual(seen, ["> never []"]);
  });

  test("notifications, which are never answered whatever a middleware does", async () => {
    const told: string[] = [];
    const seen: boolean[] = [];
    const service = calculator({ onError: (error) => told.push((error as Error).message) });
    service.use(({ context, method }, next) => {
      seen.push(context.notification);
      if (method === "fail") return next();
      if (method === "add") throw new RpcError(1, "no");
      return "an answer";
    });
    notify(service, "fail");
    notify(service, "add", [1, 2]);
    notify(service, "nowhere");
    assert.deepEqual(seen, [true, true, true]);
    assert.deepEqual(told, ["as it was told"]);
    assert.equal(service.inFlight, 0);
  });

  test("each member of a batch by itself; the answers go together", async () => {
    const seen: unknown[] = [];
    const service = calculator()
      .use(witness(seen))
      .use(({ method }, next) => {
        if (method === "refuse") throw new RpcError(2, "not here");
        return next();
      });
    const members = [request("add", [1, 2], 1), request("refuse", [], 2), '{"jsonrpc":"2.0","method":"add"}', "7"];
    const answer = JSON.parse((await service.handle(`[${members.join()}]`)) ?? "") as { id: number; error?: unknown }[];
    assert.deepEqual(answer.map(({ id }) => id).toSorted(), [1, 2, null]);
    assert.deepEqual(
      seen.filter((line) => String(line).startsWith(">")),
      ["> add [1,2]", "> refuse []", "> add undefined"],
    );
  });
});

describe("a call that is in a middleware", () => {
  function waiting(options: ConstructorParameters<typeof Service>[0] = {}) {
    const clock = new FakeClock();
    const opened = gate();
    const contexts: CallContext[] = [];
    const late: Promise<string>[] = [];
    let ran = 0;
    const service = new Service({ clock, logger: silent, ...options })
      .addMethod("count", (...values: number[]) => (ran += values.length), { params: ["...values"] })
      .use(({ context }, next) => {
        contexts.push(context);
        const rest = opened.promise.then(() => next());
        late.push(rest.then(String, (error) => (error as Error).name));
        return rest;
      });
    return { service, clock, opened, contexts, late, ran: () => ran };
  }

  test("is in flight, also where there is no such method", async () => {
    const { service, opened } = waiting();
    const answers = [call(service, "count", [1]), call(service, "nowhere")];
    assert.equal(service.inFlight, 2);
    const stopped = service.stopServing();
    const elsewhere = watch(stopped);
    await turns(1);
    assert.equal(elsewhere.settled, false, "both are waited for");
    opened.open();
    await stopped;
    assert.deepEqual(await Promise.all(answers), [{ result: 1 }, notFound], "what was in flight goes on");
    assert.equal(service.inFlight, 0);
  });

  test("counts against limits.inFlight, also where there is no such method", async () => {
    const { service, opened } = waiting({ limits: { inFlight: 2 } });
    const answers = [call(service, "made-up-1"), call(service, "made-up-2")];
    assert.match(JSON.stringify(callNow(service, "count")), /-32096/);
    assert.deepEqual(callNow(service, "made-up-3"), notFound);
    opened.open();
    await Promise.all(answers);
  });

  test("times out as it would in its method, which does not run any more", async () => {
    const { service, clock, opened, contexts, late, ran } = waiting({ timeout: 1_000 });
    const answers = [call(service, "count", [1]), call(service, "nowhere")];
    const [signal] = contexts.map((context) => context.signal);
    clock.advance(1_000);
    assert.deepEqual(await Promise.all(answers), [serverTimeout, serverTimeout]);
    assert(signal?.reason instanceof ServerTimeoutError);
    opened.open();
    assert.deepEqual(await Promise.all(late), ["ServerTimeoutError", "ServerTimeoutError"], "next() throws why");
    assert.equal(ran(), 0);
  });

  test("is ended by cancelPending", async () => {
    const { service, opened, late, ran } = waiting();
    const answer = call(service, "count", [1]);
    service.cancelPending();
    assert.deepEqual(await answer, serverTimeout);
    opened.open();
    assert.deepEqual(await Promise.all(late), ["ServerTimeoutError"]);
    assert.deepEqual([ran(), service.inFlight], [0, 0]);
  });

  test("is over when its caller leaves", async () => {
    const { service, opened, contexts, late, ran } = waiting();
    const leaving = new AbortController();
    const answer = service.handle(request("count", [1]), { signal: leaving.signal });
    const gone = new Error("gone");
    leaving.abort(gone);
    assert.equal(await answer, undefined);
    assert.equal(contexts[0]?.signal.reason, gone);
    opened.open();
    assert.deepEqual(await Promise.all(late), ["Error"]);
    assert.deepEqual([ran(), service.inFlight], [0, 0]);
  });

  test("is answered once, whatever comes later", async () => {
    const clock = new FakeClock();
    const service = calculator({ clock, timeout: 10 }).use(async (_call, next) => {
      await (next() as Promise<unknown>).catch(() => {});
      return "late";
    });
    const texts: string[] = [];
    const caller = service.open({ limits: { inFlight: 9, totalInFlight: 9 } });
    const opened = gate<number>();
    service.addMethod("wait", () => opened.promise);
    caller.receive(parseMessage(request("wait"), 9), { answer: (text) => texts.push(text) });
    clock.advance(10);
    opened.fail(new Error("late"));
    await turns(2);
    assert.deepEqual(texts.map(answerOf), [serverTimeout]);
  });

  test("that never goes on is in flight until its timeout", async () => {
    const clock = new FakeClock();
    const service = calculator({ clock, timeout: 10 }).use(() => new Promise(() => {}));
    const answer = call(service, "add", [1, 2]);
    assert.equal(await isSettled(answer), false);
    clock.advance(10);
    assert.deepEqual(await answer, serverTimeout);
    assert.equal(service.inFlight, 0);
  });
});

test("what middlewares do at random, each call is answered once and nothing stays in flight", async () => {
  const service = calculator();
  let step = 7;
  const pick = (of: number) => {
    step = (step * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor(step / 65_536) % of;
  };
  for (let layer = 0; layer < 3; layer++) {
    service.use((_call, next) => {
      switch (pick(7)) {
        case 0:
          throw new RpcError(1, "at once");
        case 1:
          return Promise.reject(new Error("later"));
        case 2:
          return "instead";
        case 3:
          return Promise.resolve().then(() => next({ params: [pick(5), 1] as Params }));
        case 4:
          void next();
          return "not awaited";
        default:
          return next();
      }
    });
  }
  const texts: string[] = [];
  const caller = service.open({ limits: { inFlight: 1_000, totalInFlight: 1_000 } });
  const methods = ["add", "addLater", "fail", "refuse", "nowhere"];
  for (let id = 0; id < 500; id++) {
    const text = request(methods[pick(methods.length)] as string, [1, 2], id);
    caller.receive(parseMessage(text, 9), { answer: (out) => texts.push(out) });
  }
  await turns(3);
  const ids = texts.map((text) => (JSON.parse(text) as { id: number }).id).sort((a, b) => a - b);
  assert.deepEqual(
    ids,
    Array.from({ length: 500 }, (_, id) => id),
  );
  assert.equal(service.inFlight, 0);
  assert.ok(texts.map(answerOf).every((answer: Answer) => "result" in answer || "error" in answer));
});
