import assert from "node:assert/strict";
import fs, {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { Worker } from "node:worker_threads";
import { trusted } from "../../src/protocol/limits.ts";
import { lockOf } from "../../src/transport/unix/lock.ts";
import { unix } from "../../src/transport/unix/unix.ts";
import { type TransportRows, transportSuite } from "../conformance/transport.ts";
import { Program } from "../support/program.ts";
import { Recorder } from "../support/recorder.ts";
import { Stage } from "../support/stage.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const longest = process.platform === "linux" ? 107 : 103;

const pathOf = (address: string) => decodeURIComponent(new URL(address).pathname);

const rows: TransportRows = {
  name: "unix",
  transport: unix,
  limits: trusted,
  address: (test) => `unix:${temporaryDirectory(test)}/app.sock`,
  nobody: "ENOENT",
  rawDial: (address) => connect({ path: pathOf(address), allowHalfOpen: true }),
  ready: "connect",
  rawListen: (address) => createServer({ allowHalfOpen: true }).listen(pathOf(address)),
  accepts: "connection",
  invalid: [
    ["unix:", /expected a path/],
    ["unix://", /expected a path/],
    ["unix://run/app.sock", /expected no host.*did you mean "unix:\/run\/app\.sock"/],
    ["unix://localhost/run/app.sock", /expected no host/],
    ["unix:/tmp/%zz.sock", /expected percent-encoded UTF-8/],
    ["unix:/tmp/100%.sock", /expected percent-encoded UTF-8/],
    ["unix:/tmp/%ff.sock", /expected percent-encoded UTF-8/],
    ["unix:/tmp/a\ud800.sock", /expected percent-encoded UTF-8/],
    ["unix:/tmp/a%00b.sock", /NUL/],
    ["unix:/tmp/a.sock#1", /expected no fragment/],
    ["unix:/tmp/a.sock?mode=600", /expected framing after the "\?", got "mode"/],
    ["unix:/tmp/a.sock?framing=smoke", /expected one of the framings/],
    [`unix:/tmp/${"x".repeat(longest - 4)}`, new RegExp(`expected at most ${longest} bytes .* got ${longest + 1}`)],
    [`unix:/tmp/${"é".repeat(longest / 2)}`, /expected at most/],
  ],
};

if (process.platform === "win32") {
  describe("the transport unix", () => {
    it("says that there are no unix sockets on Windows", async (t) => {
      const stage = new Stage(rows, t);
      await assert.rejects(stage.listen("unix:/tmp/a.sock"), /no unix sockets on Windows/);
      await assert.rejects(stage.dial("unix:/tmp/a.sock"), /no unix sockets on Windows/);
    });
  });
} else {
  transportSuite(rows);
  describe("unix", { timeout: 60_000 }, ownRows);
}

/** Leaves a socket file that nobody answers at, as a server that was killed does. */
async function makeStale(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(`${path}~`, resolve));
  renameSync(`${path}~`, path);
  await new Promise((resolve) => server.close(resolve));
}

/** Does something else than a function of `node:fs`, for one test. */
function intercept<Name extends "linkSync" | "renameSync">(
  test: TestContext,
  name: Name,
  instead: (typeof fs)[Name],
): void {
  const original = fs[name];
  fs[name] = instead;
  syncBuiltinESMExports();
  test.after(() => {
    fs[name] = original;
    syncBuiltinESMExports();
  });
}

function ownRows(): void {
  /** A path in a directory of its own, and a stage. */
  function prepare(test: TestContext, name = "app.sock") {
    const directory = temporaryDirectory(test);
    const path = join(directory, name);
    return { directory, path, address: `unix:${path}`, stage: new Stage(rows, test) };
  }

  /** Shows that an address leads to the stage's listener. */
  async function answers(stage: Stage, address: string): Promise<void> {
    const left = await stage.dial(address);
    left.send("1");
    for (;;) {
      const owner = new Recorder(await stage.accept());
      await owner.until(() => owner.events.length > 0);
      if (owner.messages.length > 0) break;
      // Another listener knocked, to see whether this one lives.
      assert.deepEqual(owner.events, ["ended"]);
    }
  }

  const inUse = (says: RegExp) => ({ code: "EADDRINUSE", syscall: "listen", message: says });

  describe("understands", () => {
    for (const [what, address, name, again] of [
      ["a path", "unix:DIR/app.sock", "app.sock", "unix:DIR/app.sock"],
      ["a path behind an empty host", "unix://DIR/app.sock", "app.sock", "unix:DIR/app.sock"],
      ["percent-encoding", "unix:DIR/a%20b%3F%25.sock", "a b?%.sock", "unix:DIR/a%20b%3F%25.sock"],
      ["characters that could be percent-encoded", "unix:DIR/a b+é.sock", "a b+é.sock", "unix:DIR/a%20b%2B%C3%A9.sock"],
      ["capitals in its scheme", " UNIX:DIR/App.sock\n", "App.sock", "unix:DIR/App.sock"],
      ["names with dots", "unix:DIR/none/../app.sock", undefined, undefined],
    ] as const) {
      it(what, async (t) => {
        const { directory, stage } = prepare(t);
        const given = address.replace("DIR", directory);
        if (name === undefined) {
          // What the system makes of it, and not a URL: there is no directory `none`.
          await assert.rejects(stage.listen(given), { code: "ENOENT" });
          return;
        }
        const listener = await stage.listen(given);
        assert.deepEqual(readdirSync(directory), [name]);
        assert.equal(listener.address, again.replace("DIR", directory));
        await answers(stage, listener.address);
        await answers(stage, given);
      });
    }

    it("a path relative to the working directory", async (t) => {
      const { directory, stage } = prepare(t);
      const before = process.cwd();
      process.chdir(directory);
      t.after(() => process.chdir(before));
      const listener = await stage.listen("unix:relative.sock?framing=netstring");
      assert.equal(listener.address, "unix:relative.sock?framing=netstring");
      await answers(stage, listener.address);
      // The listener knows its file also where the working directory is another by then.
      process.chdir(before);
      await listener.close();
      assert.deepEqual(readdirSync(directory), []);
    });

    it("a path of the greatest length", async (t) => {
      const { directory, stage } = prepare(t);
      const path = join(directory, "x".repeat(longest - directory.length - 1));
      assert.equal(path.length, longest);
      const listener = await stage.listen(`unix:${path}`);
      await answers(stage, listener.address);
      await listener.close();
      assert.deepEqual(readdirSync(directory), []);
    });

    it("that a short name leaves no room to make the socket in", async (t) => {
      const { directory, stage } = prepare(t);
      const deep = join(directory, "x".repeat(longest - directory.length - 3));
      mkdirSync(deep);
      await assert.rejects(stage.listen(`unix:${deep}/s`), { name: "InvalidAddressError" });
      await assert.rejects(stage.dial(`unix:${deep}/s`), { code: "ENOENT" });
    });
  });

  describe("makes the socket file", () => {
    it("for its owner only, and nothing beside it", async (t) => {
      const { directory, path, address, stage } = prepare(t);
      await stage.listen(address);
      assert.equal(lstatSync(path).mode & 0o777, 0o600);
      assert.deepEqual(readdirSync(directory), ["app.sock"]);
    });

    for (const mode of [0o660, 0o666, 0o777, 0o000]) {
      it(`with the mode ${mode.toString(8)} asked for, whatever the umask`, async (t) => {
        const { path, address, stage } = prepare(t);
        const before = process.umask(mode === 0o000 ? 0 : 0o077);
        t.after(() => process.umask(before));
        await stage.listen(address, { transport: { unix: { mode } } });
        assert.equal(lstatSync(path).mode & 0o777, mode);
      });
    }

    it("never more open than that", async (t) => {
      const { directory, path, address, stage } = prepare(t);
      const before = process.umask(0);
      t.after(() => process.umask(before));
      const listening = stage.listen(address);
      // The socket is there already, in a directory that only the owner can enter.
      const [made = ""] = readdirSync(directory);
      assert.equal(lstatSync(join(directory, made)).mode & 0o777, 0o700);
      assert.equal(existsSync(path), false);
      await listening;
      assert.equal(lstatSync(path).mode & 0o777, 0o600);
    });

    it("in a worker thread too, where there is no umask to set", async (t) => {
      const { path } = prepare(t);
      const imported = (specifier: string) => `await import(${JSON.stringify(import.meta.resolve(specifier))})`;
      const source = `
        import { parentPort } from "node:worker_threads";
        const { register } = ${imported("tsx/esm/api")};
        register();
        const { trusted } = ${imported("../../src/protocol/limits.ts")};
        const { parseAddress } = ${imported("../../src/transport/address.ts")};
        const { unix } = ${imported("../../src/transport/unix/unix.ts")};
        const options = { limits: trusted, transport: {}, refused() {} };
        const listener = await unix.listen(parseAddress(${JSON.stringify(`unix:${path}`)}), options, () => {});
        parentPort.once("message", () => listener.close().then(() => process.exit()));
        parentPort.postMessage("listening");
      `;
      const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
      t.after(() => worker.terminate());
      await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
      assert.equal(lstatSync(path).mode & 0o777, 0o600);
      worker.postMessage("close");
      await new Promise((resolve) => worker.once("exit", resolve));
      assert.equal(existsSync(path), false);
    });

    for (const mode of [-1, 0o1000, 1.5, Number.NaN, "0600", null]) {
      it(`not with the mode ${JSON.stringify(mode)}`, async (t) => {
        const { directory, address, stage } = prepare(t);
        const says = /expected a file mode from 0 to 0o777 as the option unix\.mode/;
        await assert.rejects(stage.listen(address, { transport: { unix: { mode } } }), says);
        assert.deepEqual(readdirSync(directory), []);
      });
    }

    it("not in a directory that does not exist", async (t) => {
      const { stage, directory } = prepare(t);
      await assert.rejects(stage.listen(`unix:${directory}/none/app.sock`), { code: "ENOENT" });
    });

    it("not in a directory that may not be written to", async (t) => {
      const { stage, directory, address } = prepare(t);
      chmodSync(directory, 0o500);
      // Nothing stops root, so it becomes nobody for a moment.
      const isRoot = process.geteuid?.() === 0;
      if (isRoot) process.seteuid?.(65_534);
      try {
        await assert.rejects(stage.listen(address), { code: "EACCES" });
      } finally {
        if (isRoot) process.seteuid?.(0);
      }
    });
  });

  describe("replaces", () => {
    it("a stale socket file", async (t) => {
      const { directory, path, address, stage } = prepare(t);
      await makeStale(path);
      const listener = await stage.listen(address);
      await answers(stage, listener.address);
      assert.deepEqual(readdirSync(directory), ["app.sock"]);
      assert.equal(lstatSync(path).mode & 0o777, 0o600);
    });

    it("the socket file of a process that was killed", async (t) => {
      const { path, address, stage } = prepare(t);
      const program = new Program(t);
      assert.deepEqual(await program.tell({ listen: address }), { address });
      await assert.rejects(stage.listen(address), inUse(/a server answers there/));
      await program.kill();
      assert(lstatSync(path).isSocket());
      await stage.listen(address);
      await answers(stage, address);
    });

    for (const [what, make, says] of [
      ["a socket that lives", undefined, /a server answers there/],
      ["a file", (path: string) => writeFileSync(path, "precious"), /is no socket/],
      ["a directory", (path: string) => mkdirSync(path), /is no socket/],
      ["a symbolic link to nothing", (path: string) => symlinkSync(`${path}.none`, path), /is no socket/],
    ] as const) {
      it(`never ${what}`, async (t) => {
        const { directory, path, address, stage } = prepare(t);
        if (make) make(path);
        else await stage.listen(address);
        const before = lstatSync(path);
        await assert.rejects(stage.listen(address), inUse(says));
        const after = lstatSync(path);
        assert.deepEqual([after.ino, after.dev, after.mode], [before.ino, before.dev, before.mode]);
        assert.deepEqual(readdirSync(directory), ["app.sock"]);
        if (before.isFile()) assert.equal(readFileSync(path, "utf8"), "precious");
        if (!make) await answers(stage, address);
      });
    }

    it("never a symbolic link to a stale socket", async (t) => {
      const { directory, path, address, stage } = prepare(t);
      await makeStale(join(directory, "old.sock"));
      symlinkSync("old.sock", path);
      await assert.rejects(stage.listen(address), inUse(/is no socket/));
      assert.deepEqual(readdirSync(directory).sort(), ["app.sock", "old.sock"]);
    });

    it("never a socket that took the place of a stale one in the last moment", async (t) => {
      const { directory, path, address, stage } = prepare(t);
      const live = await stage.listen(`unix:${directory}/live.sock`);
      await makeStale(path);
      const { renameSync } = fs;
      intercept(t, "renameSync", (from, to) => {
        if (from === path) {
          unlinkSync(path);
          linkSync(pathOf(live.address), path);
        }
        renameSync(from, to);
      });
      await assert.rejects(stage.listen(address), inUse(/another server was faster/));
      assert.deepEqual(readdirSync(directory).sort(), ["app.sock", "live.sock"]);
      await answers(stage, address);
    });

    it("what it should where the file system has no links for sockets", async (t) => {
      const { directory, path, address, stage } = prepare(t);
      intercept(t, "linkSync", () => {
        throw Object.assign(new Error("EPERM"), { code: "EPERM" });
      });
      await makeStale(path);
      await stage.listen(address);
      await assert.rejects(stage.listen(address), inUse(/a server answers there/));
      await answers(stage, address);
      assert.deepEqual(readdirSync(directory), ["app.sock"]);
    });

    it("a stale one for one of several who want it at a time, here", async (t) => {
      for (let round = 0; round < 20; round++) {
        const { directory, path, address, stage } = prepare(t);
        if (round % 4 > 0) await makeStale(path);
        const attempts = await Promise.allSettled(Array.from({ length: 5 }, () => stage.listen(address)));
        const won = attempts.filter(({ status }) => status === "fulfilled");
        const errors = attempts.flatMap((one) => (one.status === "rejected" ? [one.reason.code] : []));
        assert.equal(won.length, 1, `round ${round}`);
        assert.deepEqual(
          errors,
          Array.from({ length: 4 }, () => "EADDRINUSE"),
        );
        await answers(stage, address);
        assert.deepEqual(readdirSync(directory), ["app.sock"]);
      }
    });

    it("a stale one for one of several processes that want it at a time", async (t) => {
      const { directory, path, address, stage } = prepare(t);
      const programs = Array.from({ length: 4 }, () => new Program(t));
      // Wait until all of them run, so that they race.
      await Promise.all(programs.map((program) => program.tell({ close: true })));
      for (let round = 0; round < 25; round++) {
        await makeStale(path);
        const reports = await Promise.all(programs.map((program) => program.tell({ listen: address })));
        const won = reports.filter((report) => report.address !== undefined);
        assert.equal(won.length, 1, `round ${round}: ${JSON.stringify(reports)}`);
        const channel = await stage.dial(address);
        const owner = new Recorder(channel);
        channel.send("1");
        await owner.received(1);
        channel.destroy();
        assert.deepEqual(readdirSync(directory), ["app.sock"]);
        await Promise.all(programs.map((program) => program.tell({ close: true })));
        assert.deepEqual(readdirSync(directory), []);
      }
    });
  });

  describe("waits for another that is replacing a stale socket file", () => {
    it("until it is done", async (t) => {
      const { directory, path, address, stage } = prepare(t);
      await makeStale(path);
      const other = createServer((socket) => {
        // The one who waits is here. This one is done now.
        unlinkSync(path);
        other.close();
        socket.destroy();
      });
      await new Promise<void>((resolve) => other.listen(lockOf(path), resolve));
      const listener = await stage.listen(address);
      await answers(stage, listener.address);
      assert.deepEqual(readdirSync(directory), ["app.sock"]);
    });

    it("not for one that was killed there", async (t) => {
      const { directory, path, address, stage } = prepare(t);
      await makeStale(path);
      await makeStale(lockOf(path));
      const listener = await stage.listen(address);
      await answers(stage, listener.address);
      assert.deepEqual(readdirSync(directory), ["app.sock"]);
    });

    it("not for ever", async (t) => {
      const { directory, path, address, stage } = prepare(t);
      await makeStale(path);
      t.mock.timers.enable({ apis: ["setTimeout"] });
      const other = createServer(() => t.mock.timers.tick(5_000));
      await new Promise<void>((resolve) => other.listen(lockOf(path), resolve));
      t.after(() => other.close());
      await assert.rejects(stage.listen(address), inUse(/about to listen there for long/));
      assert.equal(readdirSync(directory).length, 2);
    });
  });

  describe("on close", () => {
    it("removes its socket file before anyone can find it dead", async (t) => {
      const { directory, address, stage } = prepare(t);
      const listener = await stage.listen(address);
      const closed = listener.close();
      assert.deepEqual(readdirSync(directory), []);
      await closed;
    });

    for (const [what, replace] of [
      ["another file", (path: string) => writeFileSync(path, "not yours")],
      ["nothing", () => {}],
    ] as const) {
      it(`leaves ${what} alone that stands in its place`, async (t) => {
        const { directory, path, address, stage } = prepare(t);
        const listener = await stage.listen(address);
        unlinkSync(path);
        replace(path);
        const there = readdirSync(directory);
        await listener.close();
        assert.deepEqual(readdirSync(directory), there);
      });
    }

    it("leaves another server's socket alone that stands in its place", async (t) => {
      const { path, address, stage } = prepare(t);
      const first = await stage.listen(address);
      unlinkSync(path);
      const second = await stage.listen(address);
      await first.close();
      await answers(stage, second.address);
    });
  });

  it("says nothing of who is on the other end", async (t) => {
    const { left, right } = await new Stage(rows, t).connect();
    assert.deepEqual([left.peer, right.peer], [{ transport: "unix" }, { transport: "unix" }]);
  });
}
