/** Blocking calls in programs of their own: how these end, and what becomes of them when the worker does. */
import assert from "node:assert/strict";
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { Service } from "../../src/service/service.ts";
import { blockingClient, serveApart } from "../support/blocking.ts";
import { bundled } from "../support/bundled.ts";
import { cleanUp } from "../support/cleanup.ts";
import { exampleService, serve } from "../support/served.ts";
import { startWorker } from "../support/start-worker.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const PROGRAM = bundled("blocking-program.ts");
/* Beside the program, where what is bundled finds its worker. */
bundled("../../src/sync/worker.ts", "worker.js");
const TSX = ["--import", import.meta.resolve("tsx")];

interface Ended {
  readonly status: number | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

/** Starts Node.js; it is gone after the test. */
function start(t: TestContext, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: "pipe",
    ...options,
    env: { ...env, ...options.env },
  });
  cleanUp(t, () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  });
  return child;
}

async function ended(child: ChildProcess): Promise<Ended> {
  let output = "";
  let errors = "";
  child.stdout?.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    errors += chunk;
  });
  const [status] = await once(child, "close");
  return { status, lines: output.split("\n").filter(Boolean), errors };
}

interface Running extends SpawnOptions {
  /** Default: of a server of the test's. */
  readonly address?: string;
}

/** Runs `blocking-program.ts`. */
async function run(t: TestContext, manner: readonly string[], { address, ...options }: Running = {}): Promise<Ended> {
  const [name = "", ...rest] = manner;
  const args = [PROGRAM, name, address ?? (await serve(t)).address, ...rest];
  return ended(start(t, args, options));
}

describe("a program that makes blocking calls", () => {
  it("ends by itself when it has nothing else to do, connected or not", async (t) => {
    assert.deepEqual(await run(t, ["call"]), { status: 0, lines: ["x"], errors: "" });
    assert.deepEqual(await run(t, ["unused"]), { status: 0, lines: ["nothing was called"], errors: "" });
    assert.deepEqual(await run(t, ["timer"]), { status: 0, lines: ["x", "and later"], errors: "" });
  });

  it("ends as usual by what nobody catches, and when it exits", async (t) => {
    const thrown = await run(t, ["throw"]);
    assert.deepEqual([thrown.status, thrown.lines], [1, ["x"]]);
    assert.match(thrown.errors, /as any script may/);
    assert.deepEqual(await run(t, ["exit"]), { status: 5, lines: ["x"], errors: "" });
  });

  it("loses the connection of a client that it can no longer reach", async (t) => {
    const server = await serve(t);
    const lost = new Promise((resolve) => server.on("disconnection", (_, reason) => resolve(reason.kind)));
    start(t, ["--expose-gc", PROGRAM, "forgotten", server.address]);
    assert.equal(await lost, "ended");
  });

  it("is warned on its standard error like that of a client", async (t) => {
    const { status, lines, errors } = await run(t, ["call"], { address: "tcp://127.0.0.1:1" });
    assert.equal(status, 0);
    assert.ok(lines[0]?.startsWith('["DialError"'), lines[0]);
    assert.equal(errors, "tcp://127.0.0.1:1 could not be dialled: connect ECONNREFUSED 127.0.0.1:1\n");
  });
});

describe("a worker that ends while the thread waits", () => {
  const endWorker = (how: string, more = "") => ({
    env: { NODE_OPTIONS: `--require ${root}test/support/end-worker.cjs ${more}`, END: how },
  });

  for (const [how, cause, more] of [
    ["throw", "out of paper"],
    ["exit", null],
    ["vanish", null],
    ["memory", null, "--max-old-space-size=80"],
  ] as const) {
    it(`fails the call, and the next has another one: ${how}`, async (t) => {
      const { status, lines } = await run(t, ["between-two", "dieLater"], endWorker(how, more));
      const lost = ["WorkerLostError", "the worker ended before dieLater was answered", "unknown", cause];
      assert.deepEqual([status, ...lines], [0, "x", JSON.stringify(lost), "x"]);
    });
  }

  it("fails a call that it has not begun with as not sent", async (t) => {
    const { status, lines } = await run(t, ["between-two", "die"], endWorker("exit"));
    const lost = ["WorkerLostError", "the worker ended before die was sent", "not-sent", null];
    assert.deepEqual([status, ...lines], [0, "x", JSON.stringify(lost), "x"]);
  });

  it("fails the call also where it never began", async (t) => {
    const { status, lines } = await run(t, ["call"], endWorker("start"));
    const lost = ["WorkerLostError", "the worker ended before echo was sent", "not-sent", null];
    assert.deepEqual([status, ...lines], [0, JSON.stringify(lost)]);
  });

  it("and between calls makes the next call start another one, with a word", async (t) => {
    const { status, lines, errors } = await run(t, ["terminated"]);
    assert.deepEqual([status, ...lines], [0, "x", "x"]);
    assert.equal(errors, "the worker had ended, and its connections with it; there is another one now\n");
  });
});

describe("a blocking call", () => {
  it("does not busy itself with waiting", async (t) => {
    const client = blockingClient(t, ...((await serveApart(t)) as [string]));
    client.connect();
    const { wait } = Atomics;
    let waits = 0;
    t.mock.method(Atomics, "wait", (...args: Parameters<typeof wait>) => {
      waits++;
      return wait(...args);
    });
    const began = performance.now();
    client.call("after", [300]);
    // One, and one more for each second that a busy machine takes.
    assert.ok(waits <= 2 + (performance.now() - began) / 1_000, `it woke up ${waits} times`);
  });

  it("can be made in a worker, which gets a worker of its own", async (t) => {
    const server = await serve(t);
    const worker = startWorker(t, "blocking-worker.ts", server.address);
    assert.deepEqual(await once(worker, "message"), [[3, "from a worker"]]);
    await once(worker, "exit");
  });
});

describe("in the REPL", () => {
  /** What the REPL prints, up to something. */
  async function prints(child: ChildProcess, pattern: RegExp): Promise<void> {
    let text = "";
    for await (const chunk of child.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
      text += chunk;
      if (pattern.test(text)) return;
    }
    assert.fail(`it ended without ${pattern}:\n${text}`);
  }

  it("blocking calls work, and Ctrl-C ends one", async (t) => {
    let begun = () => {};
    const isWaiting = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const service: Service = exampleService().addMethod("wait", () => {
      begun();
      return new Promise(() => {});
    });
    const server = await serve(t, service);
    const repl = start(t, [...TSX, "-i"]);
    const type = (line: string) => repl.stdin?.write(`${line}\n`);

    // What is typed while the REPL awaits something is not kept for later, where nobody is at a terminal.
    type(`const { connectSync } = await import(${JSON.stringify(`${root}src/sync/index.ts`)});`);
    await prints(repl, /undefined\n/);
    type(`const client = connectSync(${JSON.stringify(server.address)});`);
    type('"sum: " + client.call("add", [1, 2])');
    await prints(repl, /sum: 3/);
    type('client.call("wait", [], { timeout: 0 })');
    await isWaiting;
    repl.kill("SIGINT");
    await prints(repl, /interrupted/);
    type('"echo: " + client.call("echo", ["after that"])');
    await prints(repl, /echo: after that/);
    repl.stdin?.end();
    assert.deepEqual(await once(repl, "close"), [0, null]);
  });
});
