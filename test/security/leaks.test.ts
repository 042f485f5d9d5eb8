import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { RpcError } from "../../src/protocol/errors/rpc-error.ts";
import { Service } from "../../src/service/service.ts";
import { nodeHandler } from "../../src/transport/http/index.ts";
import { attack, callText, everywhere } from "../support/hostile.ts";
import { httpServer, send } from "../support/http.ts";
import { Log } from "../support/log.ts";

const SECRET = "the password is mellon";

class Hoard {
  readonly secret = SECRET;
  get toJSON(): never {
    throw new Error(SECRET);
  }
}

/** Everything that can go wrong in a method, none of it for the caller to read. */
const failing: Record<string, () => unknown> = {
  throws: () => {
    throw new Error(SECRET);
  },
  throwsText: () => {
    throw SECRET;
  },
  throwsObject: () => {
    throw { message: SECRET, code: -1, data: SECRET, stack: SECRET };
  },
  throwsSystem: () => {
    throw Object.assign(new Error(SECRET), { code: "ENOENT", path: import.meta.filename, syscall: "open" });
  },
  throwsCaused: () => {
    throw new AggregateError([new Error(SECRET)], SECRET, { cause: new Error(SECRET) });
  },
  rejects: () => Promise.reject(new Error(SECRET)),
  rejectsLate: () => new Promise((_, reject) => setImmediate(reject, new TypeError(SECRET))),
  unwritable: () => new Hoard(),
  unwritableLate: async () => new Hoard(),
  big: () => ({ [SECRET]: 1n }),
  overflows: function overflows(): unknown {
    return overflows();
  },
  rpcCause: () => {
    throw new RpcError(1, "for everybody to read", undefined, { cause: new Error(SECRET) });
  },
  rpcData: () => {
    throw new RpcError(2, "for everybody to read", new Hoard());
  },
};

function service(): Service {
  const made = new Service({ logger: new Log(), timeout: 50 });
  for (const [name, fn] of Object.entries(failing)) made.addMethod(name, fn);
  return made
    .addMethod("never", () => new Promise(() => {}))
    .addMethod("two", (a: unknown, b: unknown) => [a, b])
    .addMethod("named", (a: unknown) => a, { params: ["a"] });
}

/** What is wrong before a method runs. */
const wrong = [
  "{",
  "[]",
  "[1]",
  "null",
  '{"jsonrpc":"2.0","id":1}',
  '{"jsonrpc":"2.0","id":{},"method":"x"}',
  callText(1, "unknown"),
  callText(1, "__proto__"),
  callText(1, "two", [1]),
  callText(1, "two", { a: 1 }),
  callText(1, "named", { b: 1 }),
  callText(1, "two", "text"),
  `{"jsonrpc":"2.0","id":1,"method":"two","params":[${"[".repeat(2_000)}${"]".repeat(2_000)}]}`,
];

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Nothing of this process: no secret, stack, path, module, version, or name of a variable or class. */
function assertTellsNothing(text: string): void {
  for (const leak of [SECRET, "mellon", root, "node_modules", "node:", ".ts:", ".js:", "    at ", "Error:", "Hoard"]) {
    assert(!text.includes(leak), `${text} tells of ${leak}`);
  }
  for (const leak of [
    process.version,
    process.cwd(),
    process.execPath,
    String(process.pid),
    "RangeError",
    "TypeError",
  ]) {
    assert(!text.includes(leak), `${text} tells of ${leak}`);
  }
}

everywhere("messageBytes", (row) => {
  it("nothing about the process is in what any failing call is answered", async (t) => {
    const { peer } = await attack(t, row, "untrusted", { service: service() });
    const caller = await peer();
    for (const text of [...Object.keys(failing).map((name) => callText(1, name)), callText(1, "never"), ...wrong]) {
      caller.say(text);
      const answer = await caller.inbox.text();
      assertTellsNothing(answer);
      const [first] = [JSON.parse(answer)].flat();
      assert(first.error, `${text.slice(0, 100)} is answered with an error`);
    }
  });

  it("nor while it is stopped", async (t) => {
    const stopped = service();
    const { peer } = await attack(t, row, "untrusted", { service: stopped });
    class Maintenance extends RpcError {
      readonly path = SECRET;
      constructor() {
        super(7, "down", undefined, { cause: new Error(SECRET) });
      }
    }
    void stopped.stopServing(Maintenance);
    const caller = await peer();
    caller.say(callText(1, "two", [1, 2]));
    assertTellsNothing(await caller.inbox.text());
  });
});

describe("what HTTP adds", () => {
  it("tells nothing when a hook fails, or a request makes no sense", async (t) => {
    const authorize = () => {
      throw new Error(SECRET);
    };
    const address = await httpServer(t, nodeHandler(service(), { authorize }));
    const welcome = await httpServer(t, nodeHandler(service()));
    const replies = [
      await send(address, { body: callText(1, "two", [1, 2]) }),
      await send(welcome, { method: "GET" }),
      await send(welcome, { body: "x", headers: { "content-type": "text/plain" } }),
      await send(welcome, { body: Buffer.from([0xff]) }),
      await send(welcome, { body: "x", headers: { "content-encoding": "gzip" } }),
    ];
    for (const { body, headers } of replies) assertTellsNothing(`${body}${JSON.stringify(headers)}`);
    assert.deepEqual(
      replies.map(({ status }) => status),
      [500, 405, 415, 200, 415],
    );
  });
});
