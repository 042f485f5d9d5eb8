/** A client whose server is its child process: how it starts, what it may do, how it ends. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { chmodSync, realpathSync, renameSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Client } from "../../src/client/client.ts";
import type { ClientOptions } from "../../src/client/options.ts";
import { CallTimeoutError } from "../../src/connection/errors/call-timeout-error.ts";
import { ConnectionLostError } from "../../src/connection/errors/connection-lost-error.ts";
import { DialError } from "../../src/connection/errors/dial-error.ts";
import { DisconnectError } from "../../src/connection/errors/disconnect-error.ts";
import { ChildExitError } from "../../src/transport/child-exit-error.ts";
import type { StdioDialOptions } from "../../src/transport/stdio/stdio.ts";
import { bundled } from "../support/bundled.ts";
import { cleanUp } from "../support/cleanup.ts";
import type { Log } from "../support/log.ts";
import { readAll } from "../support/read-all.ts";
import { clientOf } from "../support/served.ts";
import { rejection } from "../support/settling.ts";
import { script, stdioProgram } from "../support/stdio-process.ts";
import { temporaryDirectory } from "../support/temporary.ts";

/** Answers every call with its method, unless `methods` has another idea; as far as the tests' small calls need it. */
const ANSWERS = `
  const methods = {};
  process.stdin.on("data", (chunk) => {
    for (const [, id, method] of String(chunk).matchAll(/"id":(\\d+),"method":"(\\w+)"/g)) {
      const text = JSON.stringify({ jsonrpc: "2.0", id: +id, result: method });
      if (methods[method]) methods[method]();
      else process.stdout.write(text.length + ":" + text + ",");
    }
  });
`;
/* It lives on, whatever becomes of its stdin. */
const STUBBORN = "setInterval(() => {}, 1e6);";

interface Child {
  readonly client: Client & { readonly log: Log };
  readonly reasons: DisconnectError[];
  /** The processes that were started, in order. */
  readonly pids: number[];
  /** What they write to their stderr. */
  readonly lines: string[];
  /** Resolves once they have written this line. */
  said(line: string): Promise<void>;
}

/** A client of a child. Nothing of it is left after the test. */
function clientOfChild(test: TestContext, stdio: StdioDialOptions, options: ClientOptions = {}): Child {
  const lines: string[] = [];
  const log = new EventEmitter();
  const reasons: DisconnectError[] = [];
  const pids: number[] = [];
  cleanUp(test, () => {
    for (const pid of pids) assert.throws(() => process.kill(pid, 0), { code: "ESRCH" }, `${pid} is still there`);
  });
  const stderr = (line: string) => {
    lines.push(line);
    log.emit("line");
  };
  const said = async (line: string) => {
    while (!lines.includes(line)) await once(log, "line");
  };
  const told = { stderr, ...stdio };
  const client = clientOf(test, "stdio:", { timeout: 0, stdio: told, ...options });
  client.on("connect", ({ pid }) => pids.push(pid as number));
  client.on("disconnect", (reason) => reasons.push(reason));
  return { client, reasons, pids, lines, said };
}

const isAlive = (pid: number | undefined) => {
  try {
    return process.kill(pid as number, 0);
  } catch {
    return false;
  }
};

/** What is behind a call that was lost. */
function exitBehind(error: Error): ChildExitError {
  assert(error.cause instanceof DisconnectError, String(error.cause));
  assert(error.cause.cause instanceof ChildExitError, String(error.cause.cause));
  return error.cause.cause;
}

describe("a client that dials stdio", { timeout: 60_000 }, () => {
  describe("starts the program", () => {
    it("when a call needs it, and has ended it when it is closed", async (t) => {
      const { client, pids, reasons, lines } = clientOfChild(t, stdioProgram());
      assert.equal(client.connected, false);
      assert.equal(await client.call("echo", ["é"]), "é");
      assert.equal(await client.call("print"), "printed");
      assert.equal(pids.length, 1);
      assert.ok(isAlive(pids[0]));
      await client.close();
      assert.ok(!isAlive(pids[0]));
      assert.equal(reasons[0]?.kind, "closed");
      assert.deepEqual(client.log.lines(), []);
      // Read to its end, which comes after the client's.
      assert.equal(lines.at(-1), "closed");
    });

    it("with its arguments, in its directory, in its environment", async (t) => {
      const cwd = realpathSync(temporaryDirectory(t));
      const { command, args } = stdioProgram("plain", "a b", "$HOME", '"');
      const env = { STDIO_TEST: "yes" };
      const { client } = clientOfChild(t, { command, args, cwd: pathToFileURL(cwd), env });
      assert.deepEqual(await client.call("arguments"), ["a b", "$HOME", '"']);
      assert.deepEqual(await client.call("whereabouts"), [cwd, "yes", true]);
    });

    it("anew for the next call after it was lost", async (t) => {
      const { client, pids, reasons } = clientOfChild(t, script(`${ANSWERS} methods.die = () => process.exit(9);`));
      for (let round = 1; round <= 3; round++) {
        assert.equal(await client.call("hello"), "hello");
        assert.equal(exitBehind(await rejection(client.call("die"), ConnectionLostError)).status, 9);
        assert.equal(new Set(pids).size, round);
      }
      assert.deepEqual(
        reasons.map(({ kind }) => kind),
        ["lost", "lost", "lost"],
      );
    });

    for (const [what, stdio, code, says] of [
      ["that is not there", { command: "/no/such/program" }, "ENOENT", /spawn \/no\/such\/program ENOENT/],
      ["that may not be run", { command: fileURLToPath(import.meta.url) }, "EACCES", /EACCES/],
      [
        "in a directory that is not there",
        { command: process.execPath, cwd: "/no/such" },
        "ENOENT",
        /\/no\/such does not/,
      ],
    ] as const) {
      it(`not one ${what}, and says so`, async (t) => {
        const { client } = clientOfChild(t, stdio);
        const error = await rejection(client.call("echo"), DialError);
        assert.equal((error.cause as NodeJS.ErrnoException).code, code);
        assert.match(error.message, says);
        assert.equal(error.outcome, "not-sent");
      });
    }

    it("again, where it was not there and redialling was asked for", async (t) => {
      const command = join(temporaryDirectory(t), "program");
      const { client } = clientOfChild(t, { command }, { redial: { initialDelay: 1, maxDelay: 5 } });
      const call = client.call("hello");
      await client.log.said(/could not be dialled/);
      writeFileSync(`${command}~`, `#!${process.execPath}\n${ANSWERS}`);
      chmodSync(`${command}~`, 0o755);
      renameSync(`${command}~`, command);
      assert.equal(await call, "hello");
    });

    for (const [stdio, says] of [
      [undefined, /the program to run as the option stdio\.command, got none/],
      [{}, /stdio\.command, got none/],
      [{ command: "" }, /stdio\.command/],
      [null, /an object as the option stdio, got null/],
      ["node", /an object as the option stdio, got string/],
      [{ command: "node", args: "server.js" }, /an array as the option stdio\.args, got string/],
      [{ command: "node", stderr: "pipe" }, /"inherit", "ignore" or a function as the option stdio\.stderr, got pipe/],
      [{ command: "node", exitTimeout: -1 }, /stdio\.exitTimeout.*got -1/],
      [{ command: "node", killTimeout: "1" }, /stdio\.killTimeout.*got 1/],
      [{ command: "node", maxCrashes: 0 }, /stdio\.maxCrashes, got 0/],
      [{ command: "node", crashWindow: Number.NaN }, /stdio\.crashWindow, got NaN/],
    ] as const) {
      it(`not with the option ${JSON.stringify(stdio)}`, async (t) => {
        const client = clientOf(t, "stdio:", { stdio: stdio as unknown as StdioDialOptions });
        assert.match((await rejection(client.call("echo"), DialError)).message, says);
      });
    }
  });

  describe("says how it ended by itself", () => {
    it("at once, with a status and what it complained of", async (t) => {
      const complaint = Array.from({ length: 30 }, (_, at) => `line ${at}`);
      const source = `console.error(${JSON.stringify(complaint.join("\n"))}); process.exitCode = 3`;
      const { client, reasons, lines } = clientOfChild(t, script(source));
      const exit = exitBehind(await rejection(client.call("echo"), ConnectionLostError));
      assert.deepEqual([exit.command, exit.status, exit.signal], [process.execPath, 3, null]);
      assert.deepEqual(exit.stderr, complaint.slice(-20));
      assert.match(exit.message, /exited with status 3; the last it wrote to stderr:\nline 10\n/);
      assert.equal(reasons[0]?.kind, "lost");
      assert.ok(client.log.lines()[0]?.includes(exit.message));
      assert.deepEqual(lines, complaint);
    });

    it("with status 0, which is an end in good order", async (t) => {
      const { client, reasons } = clientOfChild(t, script("console.error('usage: …')"));
      const exit = exitBehind(await rejection(client.call("echo"), ConnectionLostError));
      assert.deepEqual([exit.status, exit.stderr], [0, ["usage: …"]]);
      assert.equal(reasons[0]?.kind, "ended");
      assert.match(String(reasons[0]?.message), /the stdio peer ended the connection: .* exited with status 0/);
    });

    it("behind its last answers", async (t) => {
      const source = `${ANSWERS} process.exitCode = 5; process.stdin.on("data", () => process.stdin.destroy());`;
      const { client } = clientOfChild(t, script(source));
      const calls = await Promise.allSettled([client.call("a"), client.call("b"), client.call("c")]);
      assert.deepEqual(
        calls.map((call) => call.status === "fulfilled" && call.value),
        ["a", "b", "c"],
      );
    });

    it("by kill -9 under 1,000 pending calls, each of which settles once, with its outcome", async (t) => {
      const { client, pids, reasons } = clientOfChild(t, stdioProgram());
      const calls = Array.from({ length: 1_000 }, () => client.call("wait"));
      const settlements: unknown[][] = calls.map(() => []);
      const settled = calls.map((call, at) => {
        const note = (outcome: unknown) => settlements[at]?.push(outcome);
        return call.then(note, note);
      });
      // Answered behind them, so the server has all of them.
      assert.equal(await client.call("started"), 1_000);
      process.kill(pids[0] as number, "SIGKILL");
      await Promise.all(settled);
      for (const own of settlements) {
        assert.equal(own.length, 1);
        const [error] = own;
        assert(error instanceof ConnectionLostError, String(error));
        assert.equal(error.outcome, "unknown");
        assert.equal(exitBehind(error).signal, "SIGKILL");
      }
      assert.deepEqual([client.pending, client.connected, reasons.length], [0, false, 1]);
      assert.equal(await client.call("started"), 0);
      assert.equal(pids.length, 2);
    });

    it("also where its own child holds its pipes", async (t) => {
      // What goes on in the background ends when nobody holds the other end of its stdin any more.
      const source = "exec 3<&0; { cat <&3 >/dev/null; true; } & exit 7";
      const { client } = clientOfChild(t, { command: "sh", args: ["-c", source] });
      assert.equal(exitBehind(await rejection(client.call("echo"), ConnectionLostError)).status, 7);
    });
  });

  describe("does not start for ever what crashes", () => {
    it("but fails dials, and says what is wrong with it", async (t) => {
      const { client, pids } = clientOfChild(t, { ...script("throw new Error('no good')"), maxCrashes: 2 });
      for (let times = 0; times < 2; times++) await rejection(client.call("echo"), ConnectionLostError);
      const error = await rejection(client.call("echo"), DialError);
      const says = /crashed 2 times within 60000 ms and is not started for another \d+ ms; the last time, .* status 1/;
      assert.match(error.message, says);
      assert.match(error.message, /no good/);
      assert((error.cause as Error).cause instanceof ChildExitError);
      assert.equal(pids.length, 2);
    });

    it("for one client; another's is not counted", async (t) => {
      const stdio = { ...script("process.exit(1)"), maxCrashes: 1 };
      for (let times = 0; times < 3; times++) {
        await rejection(clientOfChild(t, stdio).client.call("echo"), ConnectionLostError);
      }
    });

    it("and does not count what exits with 0, or was asked to end", async (t) => {
      const good = clientOfChild(t, { ...script("process.exit(0)"), maxCrashes: 1 });
      const garbage = clientOfChild(t, {
        ...script(`console.log("hello"); ${STUBBORN}`),
        maxCrashes: 1,
        exitTimeout: 50,
      });
      for (let times = 0; times < 3; times++) {
        await rejection(good.client.call("echo"), ConnectionLostError);
        await rejection(garbage.client.call("echo"), ConnectionLostError);
      }
    });
  });

  describe("copes with a program that", () => {
    it("never reads: calls time out, those that wait are not sent, and closing ends it by a signal", async (t) => {
      const { client, pids } = clientOfChild(t, script(STUBBORN), { limits: { queuedBytes: 1_000_000 } });
      const large = "x".repeat(2_000_000);
      const [sent, waiting] = await Promise.all([
        rejection(client.call("echo", [large], { timeout: 200 }), CallTimeoutError),
        rejection(client.call("echo", [large], { timeout: 200 }), CallTimeoutError),
      ]);
      assert.deepEqual([sent.outcome, waiting.outcome], ["unknown", "not-sent"]);
      await client.close({ timeout: 50 });
      assert.ok(!isAlive(pids[0]));
    });

    it("does not end with its stdin: it is sent SIGTERM, and that is said", async (t) => {
      const { client, pids } = clientOfChild(t, { ...script(`${ANSWERS} ${STUBBORN}`), exitTimeout: 50 });
      await client.call("hello");
      await client.close();
      assert.ok(!isAlive(pids[0]));
      assert.match(
        String(client.log.lines()),
        /did not exit within 50 ms of the end of its stdin, and was sent SIGTERM/,
      );
    });

    it("ignores SIGTERM too: it is sent SIGKILL", async (t) => {
      const source = `process.on("SIGTERM", () => console.error("no")); ${ANSWERS} ${STUBBORN}`;
      const { client, pids, lines } = clientOfChild(t, { ...script(source), exitTimeout: 50, killTimeout: 200 });
      await client.call("hello");
      await client.close();
      assert.ok(!isAlive(pids[0]));
      assert.deepEqual(lines, ["no"]);
    });

    it("exits with a status when it is asked to: that is said", async (t) => {
      const source = `${ANSWERS} process.stdin.on("end", () => process.exit(4));`;
      const { client } = clientOfChild(t, script(source));
      await client.call("hello");
      await client.close();
      assert.match(String(client.log.lines()), /was lost while it closed: .* exited with status 4/);
    });

    it("prints something else on its stdout", async (t) => {
      const { client, reasons, pids } = clientOfChild(t, script(`console.log("Server started"); ${ANSWERS}`));
      const error = await rejection(client.call("echo"), ConnectionLostError);
      assert.equal(error.cause, reasons[0]);
      assert.equal(reasons[0]?.kind, "violation");
      assert.match(String(reasons[0]?.message), /the stdio peer broke the framing: /);
      await client.close();
      assert.ok(!isAlive(pids[0]));
    });

    for (const stderr of ["ignore", "a function"] as const) {
      it(`writes more to its stderr than a pipe holds, under ${stderr}`, async (t) => {
        const source = `require("fs").writeSync(2, "y".repeat(99) + "\\n"); ${ANSWERS}
          for (let at = 0; at < 40; at++) require("fs").writeSync(2, ("x".repeat(99) + "\\n").repeat(1_000));`;
        const { client, lines } = clientOfChild(t, { ...script(source), ...(stderr === "ignore" ? { stderr } : {}) });
        assert.equal(await client.call("hello"), "hello");
        await client.close();
        if (stderr === "ignore") assert.deepEqual(lines, []);
        else assert.equal(lines.join(""), "y".repeat(99) + "x".repeat(99 * 40_000));
      });
    }

    it("writes to a function that throws", async (t) => {
      const stderr = () => {
        throw new Error("not today");
      };
      const { client } = clientOfChild(t, { ...script(`console.error("hello"); ${ANSWERS}`), stderr });
      assert.equal(await client.call("hello"), "hello");
    });

    it("closes its stdout and lives on: the connection has ended, and the next call starts another", async (t) => {
      const source = `${ANSWERS} ${STUBBORN} methods.hush = () => require("fs").closeSync(1);`;
      const { client, pids, reasons } = clientOfChild(t, { ...script(source), exitTimeout: 50 });
      assert.equal(await client.call("hello"), "hello");
      await rejection(client.call("hush"), ConnectionLostError);
      assert.equal(reasons[0]?.kind, "ended");
      assert.equal(await client.call("hello"), "hello");
      assert.equal(pids.length, 2);
      await client.close();
      assert.deepEqual(pids.map(isAlive), [false, false]);
    });

    it("closes its stdin and lives on: the connection is lost", async (t) => {
      const source = `require("fs").closeSync(0); console.error("deaf"); ${STUBBORN}`;
      const { client, pids, reasons, said } = clientOfChild(t, script(source));
      await client.connect();
      await said("deaf");
      const error = await rejection(client.call("hello"), ConnectionLostError);
      assert.equal(error.outcome, "unknown");
      assert.equal(reasons[0]?.kind, "lost");
      assert.match(String(reasons[0]?.message), /EPIPE/);
      await client.close();
      assert.ok(!isAlive(pids[0]));
    });

    it("reads and never writes, while it is sent a lot: nothing is lost on its side", async (t) => {
      const source = `let bytes = 0; process.stdin.on("data", (chunk) => bytes += chunk.length);
        process.stdin.on("end", () => console.error(bytes));`;
      const { client, lines } = clientOfChild(t, script(source));
      const text = "x".repeat(1_000_000);
      for (let at = 0; at < 10; at++) void client.notify("take", [text]);
      await client.connect();
      await client.close();
      const frame = '1000045:{"jsonrpc":"2.0","method":"take","params":[""]},'.length + text.length;
      assert.deepEqual(lines, [String(10 * frame)]);
    });
  });

  describe("in a parent that", () => {
    /** `parent-program.ts`, its output and its end. */
    function parentOf(test: TestContext, child: StdioDialOptions, fate: "close" | "idle") {
      const command = [bundled("parent-program.ts"), JSON.stringify(child), fate];
      const parent = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "pipe"] });
      const ended = once(parent, "exit").then(([status, signal]) => status ?? signal);
      cleanUp(test, () => {
        parent.kill("SIGKILL");
        return ended;
      });
      return { parent, ended };
    }

    it("has nothing else to do lets it end by itself once the client is closed", async (t) => {
      const { parent, ended } = parentOf(t, stdioProgram(), "close");
      const [output, errors] = await Promise.all([readAll(parent.stdout), readAll(parent.stderr)]);
      assert.equal(output, "hello\nclosed\n");
      assert.equal(await ended, 0);
      // The child's own, passed on.
      assert.match(errors, /^listening on stdio:.*disconnected: ended\nclosed\n$/s);
    });

    it("does not read its own stderr fast enough goes on", async (t) => {
      const source = `const text = ("x".repeat(99) + "\\n").repeat(1_000);
        for (let at = 0; at < 80; at++) require("fs").writeSync(2, text);
        process.stdin.on("data", (chunk) => {
          const text = JSON.stringify({ jsonrpc: "2.0", id: +/"id":(\\d+)/.exec(chunk)[1], result: "all written" });
          process.stdout.write(text.length + ":" + text + ",");
        });`;
      const { parent, ended } = parentOf(t, script(source), "close");
      assert.equal(await readUntil(parent.stdout, "closed\n"), "all written\nclosed\n");
      const errors = await readAll(parent.stderr);
      assert.ok(errors.length >= 1_000_000 && errors.length < 4_000_000, String(errors.length));
      assert.equal(await ended, 0);
    });

    it("dies, whose child lives as long as it and no longer", async (t) => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      cleanUp(t, () => server.close());
      const { port } = server.address() as AddressInfo;
      const source = `${ANSWERS} require("net").connect(${port}, "127.0.0.1", () => {}).unref();`;
      const arrived = once(server, "connection");
      const { parent, ended } = parentOf(t, script(source), "idle");
      const [socket] = await arrived;
      const gone = once(socket.on("error", () => {}).resume(), "close");
      assert.equal(await readUntil(parent.stdout, "\n"), "echo\n");
      assert.equal(parent.exitCode, null);
      parent.kill("SIGKILL");
      assert.equal(await ended, "SIGKILL");
      await gone;
    });
  });
});

/** Reads until it ends with something. */
async function readUntil(stream: Readable, end: string): Promise<string> {
  let text = "";
  for await (const chunk of stream) {
    text += String(chunk);
    if (text.endsWith(end)) return text;
  }
  return text;
}
