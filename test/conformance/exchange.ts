/**
 * What every exchange must do: the contract on `Exchange`, row by row. The test of what carries exchanges calls
 * {@link exchangeSuite} with what is its own.
 */
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, it, type TestContext } from "node:test";
import { ExchangeError, type ExchangeFailure } from "../../src/connection/errors/exchange-error.ts";
import type { Exchange, ExchangeCaller, ExchangeOptions, ServeExchange } from "../../src/connection/exchange.ts";
import type { Limits } from "../../src/protocol/limits.ts";
import { gate, rejection } from "../support/settling.ts";

/** What carries exchanges, and the other end of them. */
export interface ExchangesUnderTest {
  /** What both peers have as their transport. */
  readonly name: string;
  /** Serves with a function, and dials whoever serves. All is put away after the test. */
  readonly open: (test: TestContext, serve: ServeExchange, limits?: Partial<Limits>) => Promise<OpenExchanges>;
  /** Whether the server hears that a caller has left. */
  readonly hearsLeaving: boolean;
  /** Whether there is a server that can be killed. */
  readonly canBeKilled: boolean;
}

/** Exchanges, and what can befall them. */
export interface OpenExchanges {
  readonly exchange: Exchange;
  /** Ends the server in the middle of whatever it does, so that nobody is there any more. */
  readonly kill: () => Promise<unknown>;
}

const MiB = 1024 * 1024;
const LARGE = JSON.stringify("x".repeat(3 * MiB));
const echo: ServeExchange = (text) => text;

/** How a test asks. */
function ask({ exchange }: OpenExchanges, text: string, options: Partial<ExchangeOptions> = {}) {
  return exchange.exchange(text, { signal: new AbortController().signal, expectsAnswer: true, ...options });
}

async function failure(promise: Promise<unknown>, kind: ExchangeFailure): Promise<ExchangeError> {
  const error = await rejection(promise, ExchangeError);
  assert.equal(error.kind, kind, error.message);
  return error;
}

export function exchangeSuite(rows: ExchangesUnderTest): void {
  const { name, open } = rows;

  describe(`exchanges over ${name}`, { timeout: 60_000 }, () => {
    describe("carry", () => {
      for (const [what, text] of [
        ["a text", '{"a":1}'],
        ["a text of any letters", '"é漢😀\\u0000"'],
        ["a large one", LARGE],
        ["what is no JSON", "surprise!"],
      ] as const) {
        it(`${what}, there and back`, async (t) => {
          const seen: string[] = [];
          const opened = await open(t, (text) => {
            seen.push(text);
            return text;
          });
          assert.equal(await ask(opened, text), text);
          assert.deepEqual(seen, [text]);
        });
      }

      it("an answer that takes its time", async (t) => {
        const answer = gate<string>();
        const started = gate();
        const opened = await open(t, () => {
          started.open();
          return answer.promise;
        });
        const asked = ask(opened, "1");
        await started.promise;
        answer.open("2");
        assert.equal(await asked, "2");
      });

      for (const expectsAnswer of [true, false]) {
        it(`no answer, ${expectsAnswer ? "also where one is expected" : "where none is expected"}`, async (t) => {
          const opened = await open(t, () => undefined);
          assert.equal(await ask(opened, "1", { expectsAnswer }), undefined);
        });
      }

      it("many at a time, each with its own answer, whatever their order", async (t) => {
        const waiting: (() => void)[] = [];
        const all = gate();
        const opened = await open(t, async (text) => {
          await new Promise<void>((resolve) => {
            waiting.push(resolve);
            if (waiting.length === 50) all.open();
          });
          return `[${text}]`;
        });
        const asked = Array.from({ length: 50 }, (_, at) => ask(opened, String(at)));
        await all.promise;
        for (const go of waiting.reverse()) go();
        assert.deepEqual(
          await Promise.all(asked),
          asked.map((_, at) => `[${at}]`),
        );
      });

      it("one after the other, as many as there are", async (t) => {
        const opened = await open(t, echo);
        for (let at = 0; at < 50; at++) assert.equal(await ask(opened, String(at)), String(at));
      });
    });

    it("say who is on the other end", async (t) => {
      let caller: ExchangeCaller | undefined;
      const opened = await open(t, (text, from) => {
        caller = from;
        return text;
      });
      await ask(opened, "1");
      assert.deepEqual([opened.exchange.peer.transport, caller?.peer.transport], [name, name]);
      assert.notEqual(caller?.signal?.aborted, true);
      assert.equal(caller?.signal !== undefined, rows.hearsLeaving);
    });

    it("may go on several at once", async (t) => {
      const { exchange } = await open(t, echo);
      assert(exchange.concurrency >= 1);
    });

    describe("keep to the limit on message bytes", () => {
      it("of answers: one as long is taken, one that is longer is none, and the others go on", async (t) => {
        const opened = await open(t, (text) => "é".repeat(Number(text)), { messageBytes: 1_000 });
        const [fits, longer, large, other] = [500, 501, 5_000_000, 1].map((length) => ask(opened, String(length)));
        assert.equal(await fits, "é".repeat(500));
        assert.match((await failure(longer as Promise<unknown>, "no-text")).message, /limits.messageBytes, 1000/);
        await failure(large as Promise<unknown>, "no-text");
        assert.equal(await other, "é");
      });

      it("of texts: one as long is served, and one that is longer is not", async (t) => {
        const served: number[] = [];
        const opened = await open(t, (text) => String(served.push(text.length)), { messageBytes: 1_000 });
        await ask(opened, "x".repeat(1_000));
        const answer = await ask(opened, "x".repeat(1_001));
        assert.deepEqual(JSON.parse(answer ?? "").error.data, { limit: "messageBytes", max: 1_000 });
        assert.deepEqual(served, [1_000]);
      });
    });

    describe("can be given up", () => {
      it("before they begin, and nothing is served", async (t) => {
        const served: string[] = [];
        const opened = await open(t, (text) => {
          served.push(text);
          return text;
        });
        await assert.rejects(ask(opened, "given up", { signal: AbortSignal.abort() }));
        assert.equal(await ask(opened, "1"), "1");
        assert.deepEqual(served, ["1"]);
      });

      it("while they wait, each alone", async (t) => {
        const started = gate<ExchangeCaller>();
        const opened = await open(t, (text, caller) => {
          if (text === "1") return text;
          started.open(caller);
          return new Promise(() => {});
        });
        const controller = new AbortController();
        const asked = ask(opened, "for ever", { signal: controller.signal });
        const caller = await started.promise;
        controller.abort(new Error("no longer wanted"));
        await assert.rejects(asked);
        assert.equal(getEventListeners(controller.signal, "abort").length, 0);
        const left = caller.signal;
        if (left) {
          if (!left.aborted) await new Promise((resolve) => left.addEventListener("abort", resolve));
          assert(left.reason instanceof Error);
        }
        assert.equal(await ask(opened, "1"), "1");
      });

      it("also where they are told of it besides by the signal, and need not look at that", async (t) => {
        const started = gate();
        const opened = await open(t, (text) => {
          if (text === "1") return text;
          started.open();
          return new Promise(() => {});
        });
        const controller = new AbortController();
        let tell: ((reason: unknown) => void) | undefined;
        const asked = ask(opened, "for ever", {
          signal: controller.signal,
          whenGivenUp: (told) => {
            tell = told;
          },
        });
        await started.promise;
        const reason = new Error("no longer wanted");
        controller.abort(reason);
        tell?.(reason);
        await assert.rejects(asked);
        assert.equal(await ask(opened, "1"), "1");
      });

      it("no more once they are answered", async (t) => {
        const signals: (AbortSignal | undefined)[] = [];
        const opened = await open(t, (text, { signal }) => {
          signals.push(signal);
          return text;
        });
        const controller = new AbortController();
        assert.equal(await ask(opened, "1", controller), "1");
        controller.abort();
        assert.equal(await ask(opened, "2"), "2");
        assert.deepEqual(
          signals.map((left) => left?.aborted ?? false),
          [false, false],
        );
      });
    });

    if (rows.canBeKilled) {
      it("are lost, and may have been served, when the server is killed under them; then nobody is there", async (t) => {
        const started = gate();
        const opened = await open(t, () => {
          started.open();
          return new Promise(() => {});
        });
        const gone: string[] = [];
        const noting = (text: string) => ({ sent: () => void gone.push(text) });
        const asked = failure(ask(opened, "1", noting("1")), "lost");
        await started.promise;
        await opened.kill();
        const { cause } = await asked;
        assert(cause instanceof Error);
        await failure(ask(opened, "2", noting("2")), "unreachable");
        // What was not sent is kept for another attempt, so nobody may be told that it has gone.
        assert(!gone.includes("2"));
      });
    }

    it("end when they are put away", async (t) => {
      const { exchange } = await open(t, echo);
      await exchange.close();
      assert.equal(await exchange.closed, undefined);
    });
  });
}
