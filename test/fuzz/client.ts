import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Connection } from "../../src/connection/connection.ts";
import { isCallError } from "../../src/connection/errors/call-error.ts";
import type { ExchangeOptions } from "../../src/connection/exchange.ts";
import { ExchangeLink } from "../../src/connection/exchange-link.ts";
import { PendingCalls } from "../../src/connection/pending-calls.ts";
import { RemoteCalls } from "../../src/connection/remote-calls.ts";
import { isRpcError } from "../../src/protocol/errors/rpc-error.ts";
import { untrusted } from "../../src/protocol/limits.ts";
import { version2 } from "../../src/protocol/version.ts";
import { channelPair, FakeClock } from "../../src/testing/index.ts";

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * Any bytes, read as texts on lines of their own, as answers to calls 1, 2, and 3 and 4 in a batch: whatever they are, the
 * client goes on, and each call settles once, at the latest with the connection.
 */
export async function fuzzClient(input: Uint8Array): Promise<void> {
  const texts = Buffer.from(input).toString().split("\n");
  await overChannel(texts);
  await overExchange(texts);
}

async function overChannel(texts: readonly string[]): Promise<void> {
  const [here, there] = channelPair();
  there.open({
    message() {},
    malformed() {},
    pressed() {},
    drained() {},
    ended: () => there.close(),
    closed() {},
  });
  const connection = new Connection(here, { clock: new FakeClock(), logger: quiet });
  const calls = makeCalls(connection);
  // First they go out: an answer to what was not sent is none.
  await new Promise(setImmediate);
  for (const text of texts) there.send(text);
  there.close();
  await connection.closed;
  checkSettled(await calls);
  assert.equal(connection.pending, 0);
}

/** Each text is the answer of one exchange; there may be more exchanges than texts. */
async function overExchange(texts: readonly string[]): Promise<void> {
  const rest = [...texts];
  const clock = new FakeClock();
  const pending = new PendingCalls(clock);
  const link = new ExchangeLink(
    {
      peer: { transport: "fuzz" },
      concurrency: 2,
      closed: new Promise(() => {}),
      close() {},
      exchange: async (_text: string, _options: ExchangeOptions) => rest.shift(),
    },
    {
      address: "fuzz:",
      limits: untrusted,
      pending,
      logger: quiet,
      clock,
      version: version2,
      retryAfter: undefined,
      onDisconnect() {},
      onClosed() {},
    },
  );
  const remote = new RemoteCalls({ pending, outlet: link, logger: quiet, timeout: 1_000, version: version2 });
  const calls = makeCalls({
    call: ((method: string) => remote.call(method, undefined, undefined)) as Connection["call"],
    batch: () => remote.batch(),
  });
  checkSettled(await calls);
  assert.equal(pending.size, 0);
}

interface Settlement {
  count: number;
  outcome?: unknown;
}

/** Resolves once all of them are settled. */
async function makeCalls(caller: Pick<Connection, "call" | "batch">): Promise<Settlement[]> {
  const settlements: Settlement[] = [];
  const track = (promise: Promise<unknown>) => {
    const settlement: Settlement = { count: 0 };
    settlements.push(settlement);
    const settle = (outcome: unknown) => {
      settlement.count++;
      settlement.outcome = outcome;
    };
    return promise.then(settle, settle);
  };
  const settled = [track(caller.call("a")), track(caller.call("b"))];
  const batch = caller.batch();
  settled.push(track(batch.call("c")), track(batch.call("d")));
  await Promise.all([batch.send(), ...settled]);
  return settlements;
}

function checkSettled(settlements: readonly Settlement[]): void {
  assert.equal(settlements.length, 4);
  for (const { count, outcome } of settlements) {
    assert.equal(count, 1);
    if (outcome instanceof Error) assert(isRpcError(outcome) || isCallError(outcome), String(outcome));
  }
}
