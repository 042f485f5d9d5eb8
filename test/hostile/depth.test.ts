import assert from "node:assert/strict";
import { it } from "node:test";
import { attack, callText, everywhere } from "../support/hostile.ts";
import { exampleService } from "../support/served.ts";

/** Params that hold arrays one within another; with the message and the params themselves two more. */
const deep = (depth: number) => `${"[".repeat(depth - 2)}${"]".repeat(depth - 2)}`;
const call = (id: number, method: string, params: string) =>
  `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":[${params}]}`;

everywhere("depth", (row) => {
  it("refuses a message that is nested deeper, by its id, and drops a notification", async (t) => {
    const heard: unknown[] = [];
    const service = exampleService().addMethod("hear", (value: unknown) => void heard.push(value));
    const { server, peer } = await attack(t, row, { depth: 100 }, { service });
    const hostile = await peer();
    hostile.say(`{"jsonrpc":"2.0","method":"hear","params":[${deep(101)}]}`);
    hostile.say(call(1, "echo", deep(101)));
    assert.deepEqual(await hostile.inbox.next(), {
      jsonrpc: "2.0",
      id: 1,
      error: { code: -32600, message: "Invalid Request", data: { limit: "depth", max: 100 } },
    });
    hostile.say(call(2, "echo", deep(100)));
    assert.equal(JSON.stringify((await hostile.inbox.next()).result), deep(100));
    assert.deepEqual(heard, []);
    assert.equal(server.counters.depth, 2);
  });

  it("refuses it alone in a batch, and takes brackets in texts for what they are", async (t) => {
    const { peer } = await attack(t, row, { depth: 100 });
    const hostile = await peer();
    hostile.say(
      `[${call(1, "echo", deep(101))},${callText(2, "echo", ["[".repeat(1_000)])},${callText(3, "add", [1, 2])}]`,
    );
    const answers = await hostile.inbox.batch();
    assert.deepEqual(
      answers.map(({ id, error }) => [id, error?.code]),
      [
        [1, -32600],
        [2, undefined],
        [3, undefined],
      ],
    );
  });

  it("does not mind how wide a message is", async (t) => {
    const { peer } = await attack(t, row, { depth: 10 });
    const hostile = await peer();
    const wide = Array.from({ length: 5_000 }, (_, at) => ({ at: [at] }));
    hostile.say(callText(1, "echo", [wide]));
    assert.deepEqual((await hostile.inbox.next()).result, wide);
  });
});
