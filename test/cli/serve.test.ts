import assert from "node:assert/strict";
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { builtPackage } from "../support/built.ts";
import { output, type RunningCommand, start, tsjason } from "../support/command.ts";
import { clientOf } from "../support/served.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const needsFull = existsSync("/dev/full") ? false : "needs Linux, which has a disk that is always full";

/** A project of a user's, with a module to serve. */
function project(test: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = temporaryDirectory(test);
  for (const [name, text] of Object.entries({ "package.json": '{"type": "module"}', ...files })) {
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Serves a module of it on ports that the system picks; the command and the addresses. */
async function served(test: TestContext, cwd: string, module: string, ...options: string[]) {
  const command = start(test, ["serve", module, "--listen", "tcp://127.0.0.1:0", "http://127.0.0.1:0", ...options], {
    cwd,
  });
  const [, tcp = "", http = ""] = await command.prints(/^listening (tcp:\S+)\nlistening (http:\S+)$/m);
  return { command, tcp, http };
}

async function ends(command: RunningCommand): Promise<void> {
  command.signal("SIGTERM");
  const { status, stdout, stderr } = await command.ended;
  assert.equal(status, 0, stderr);
  assert.match(stdout, /closing what is in flight has its time\nclosed all is answered\n$/);
}

const library = () => JSON.stringify(pathToFileURL(join(builtPackage(), "dist/index.js")).href);

describe("tsjason serve", () => {
  const exported: Record<string, () => string> = {
    "an object of functions": () => "export default { add: (a, b) => a + b };",
    "a function that makes one, later": () => "export default async () => ({ add: (a, b) => a + b });",
    "methods made by method()": () => `import { method } from ${library()};
      export default { ping: () => "pong", add: method((a, b) => a + b), math: { add: method((a, b) => a + b) } };`,
    "a Service": () => `import { Service } from ${library()};
      export default new Service().addMethod("add", (a, b) => a + b);`,
    "a class of a handler": () => `import { exportMethods } from ${library()};
      export default class Adder { #base = 0; add(a, b) { return this.#base + a + b; } }
      exportMethods(Adder, { add: true });`,
    "an instance of one": () => `import { exportMethods } from ${library()};
      class Adder { add(a, b) { return a + b; } }
      exportMethods(Adder, { add: true });
      export default new Adder();`,
  };
  for (const [what, source] of Object.entries(exported)) {
    test(`serves ${what}, on several addresses`, async (test) => {
      const { command, tcp, http } = await served(test, project(test, { "service.js": source() }), "service.js");
      for (const address of [tcp, http]) assert.equal(await clientOf(test, address).call("add", [1, 2]), 3);
      await ends(command);
    });
  }

  test("refuses what a Service that the module exports decides by itself", async (test) => {
    const source = `import { Service } from ${library()}; export default new Service().addMethod("x", () => 1);`;
    const folder = project(test, { "service.js": source });
    for (const option of ["--namespace", "--timeout"]) {
      const { status, stderr } = await tsjason(test, ["serve", "service.js", option, "1000"], { cwd: folder });
      assert.equal(status, 2);
      assert.match(stderr, new RegExp(`leave out ${option}`));
    }
  });

  test("serves TypeScript by the tsx of the module's project", async (test) => {
    const folder = project(test, {
      "service.ts": "enum Base { Zero }\nexport default { add: (a: number, b: number): number => Base.Zero + a + b };",
    });
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(fileURLToPath(new URL("../../node_modules/tsx", import.meta.url)), join(folder, "node_modules/tsx"));
    const { command, tcp } = await served(test, folder, "service.ts", "--namespace", "sums");
    assert.equal(await clientOf(test, tcp).call("sums.add", [1, 2]), 3);
    await ends(command);
  });

  test("serves TypeScript without tsx where Node.js strips types, else says what to do", async (test) => {
    const folder = project(test, { "service.ts": "export default { add: (a: number, b: number): number => a + b };" });
    if ((process.features as { typescript?: unknown }).typescript) {
      const { command, tcp } = await served(test, folder, "service.ts");
      assert.equal(await clientOf(test, tcp).call("add", [1, 2]), 3);
      await ends(command);
    } else {
      const { status, stderr } = await tsjason(test, ["serve", "service.ts"], { cwd: folder });
      assert.equal(status, 2);
      assert.match(
        stderr,
        /is TypeScript: install tsx beside it \(npm install --save-dev tsx\), use Node.js 22.18 or newer/,
      );
    }
  });

  test("drains on SIGTERM: what is in flight is answered first", async (test) => {
    const folder = project(test, {
      "service.js": `import { once } from "node:events";
        export default { wait: () => { console.error("waiting"); return once(process, "SIGUSR2").then(() => "done"); } };`,
    });
    const { command, tcp } = await served(test, folder, "service.js");
    const client = clientOf(test, tcp);
    const call = client.call("wait");
    await command.prints(/waiting/, "stderr");
    command.signal("SIGTERM");
    await command.prints(/closing/);
    await assert.rejects(client.call("wait"), { code: -32097 });
    command.signal("SIGUSR2");
    assert.equal(await call, "done");
    assert.equal((await command.ended).status, 0);
  });

  test("serves a changed module anew, and a broken one not at all", async (test) => {
    const folder = project(test, {
      "service.js": 'import { version } from "./version.js";\nexport default { version: () => version };',
      "version.js": "export const version = 1;",
    });
    const { command, tcp, http } = await served(test, folder, "service.js", "--watch");
    const before = clientOf(test, tcp);
    assert.equal(await before.call("version"), 1);
    const lost = new Promise((resolve) => before.on("disconnect", resolve));
    writeFileSync(join(folder, "version.js"), "export const version = 2;");
    await command.prints(/^reloaded /m);
    await lost;
    assert.equal(await before.call("version"), 2);
    assert.equal(await clientOf(test, http).call("version"), 2);
    writeFileSync(join(folder, "version.js"), "export const version = ;");
    await command.prints(/^not-reloaded the last one goes on: .*Unexpected token/m);
    assert.equal(await clientOf(test, tcp).call("version"), 2);
    await ends(command);
  });

  describe("with --watch", () => {
    const importing = 'import { version } from "./lib/version.js";\nexport default { version: () => version };';
    const version = (number: number) => `export const version = ${number};`;

    /** Serves a module that imports its version from a folder; changes files and says what is served then. */
    async function watched(test: TestContext) {
      const folder = project(test, { "service.js": importing });
      const file = (name: string) => join(folder, name);
      mkdirSync(file("lib"));
      writeFileSync(file("lib/version.js"), version(1));
      const { command, tcp } = await served(test, folder, "service.js", "--watch");
      /** Resolves when it serves a version, which is before it says that it was reloaded. */
      const serves = async (number: number): Promise<void> => {
        for (;;) {
          const { length } = command.stdout;
          if ((await clientOf(test, tcp).call("version")) === number) return;
          await command.prints(new RegExp(`^[^]{${length}}[^]*?reloaded `));
        }
      };
      await serves(1);
      return { command, file, serves };
    }

    test("hears of a file that is written after another was put in its place", async (test) => {
      const { command, file, serves } = await watched(test);
      for (const number of [2, 4]) {
        writeFileSync(file("lib/version.js.new"), version(number));
        renameSync(file("lib/version.js.new"), file("lib/version.js"));
        await serves(number);
        writeFileSync(file("lib/version.js"), version(number + 1));
        await serves(number + 1);
      }
      await ends(command);
    });

    test("goes on when the module, or a folder, is gone for a while", async (test) => {
      const { command, file, serves } = await watched(test);
      renameSync(file("service.js"), file("away.js"));
      await command.prints(/^not-reloaded .*Cannot find module .*service\.js/m);
      await serves(1);
      renameSync(file("away.js"), file("service.js"));
      await command.prints(/^reloaded /m);
      rmSync(file("lib"), { recursive: true });
      await command.prints(/^not-reloaded .*Cannot find module .*version\.js/m);
      mkdirSync(file("lib"));
      writeFileSync(file("lib/version.js"), version(2));
      await serves(2);
      writeFileSync(file("lib/version.js"), version(3));
      await serves(3);
      await ends(command);
    });

    test("looks at files that are saved without a rest", async (test) => {
      const { command, file, serves } = await watched(test);
      const saving = setInterval(() => writeFileSync(file("lib/version.js"), version(2)), 20);
      await command.prints(/^reloaded /m);
      clearInterval(saving);
      await serves(2);
      await ends(command);
    });

    test("follows symbolic links to files and folders", async (test) => {
      const { command, file, serves } = await watched(test);
      const elsewhere = temporaryDirectory(test);
      writeFileSync(join(elsewhere, "version.js"), version(2));
      rmSync(file("lib/version.js"));
      symlinkSync(join(elsewhere, "version.js"), file("lib/version.js"));
      await serves(2);
      writeFileSync(join(elsewhere, "version.js"), version(3));
      await serves(3);
      rmSync(file("lib"), { recursive: true });
      symlinkSync(elsewhere, file("lib"));
      writeFileSync(join(elsewhere, "version.js"), version(4));
      await serves(4);
      writeFileSync(join(elsewhere, "version.js"), version(5));
      await serves(5);
      await ends(command);
    });

    test("lets a change overtake a module that never comes to its end, and shows where one is wrong", async (test) => {
      const { command, file, serves } = await watched(test);
      writeFileSync(file("service.js"), 'console.error("stuck"); await new Promise(() => {}); export default {};');
      await command.prints(/stuck/, "stderr");
      writeFileSync(file("lib/version.js"), version(2));
      writeFileSync(file("service.js"), `throw new Error("at the start");\n${importing}`);
      await command.prints(/^not-reloaded the last one goes on: failure: at the start$/m);
      assert.match(command.stderr, /Error: at the start\n {4}at file:.*service\.js/);
      writeFileSync(file("service.js"), importing);
      await serves(2);
      await ends(command);
    });
  });

  test("goes on when what it says cannot be written", { skip: needsFull }, async (test) => {
    const folder = project(test, { "service.js": "export default { add: (a, b) => a + b };" });
    const address = `unix:${join(folder, "socket")}`;
    const command = start(test, ["serve", "service.js", "--listen", address], {
      cwd: folder,
      redirected: "> /dev/full",
    });
    await command.prints(/^output lost: ENOSPC: no space left on device/, "stderr");
    assert.equal(await clientOf(test, address).call("add", [1, 2]), 3);
    command.signal("SIGTERM");
    assert.equal((await command.ended).status, 0);
  });

  test("says what is wrong before it listens", async (test) => {
    const folder = project(test, {
      "number.js": "export default 3;",
      "nothing.js": "export const a = 1;",
      "empty.js": "export default {};",
      "broken.js": 'throw new Error("at the start");',
      "stuck.js": "await new Promise(() => {}); export default {};",
    });
    const rows: [module: string, complaint: RegExp][] = [
      ["nowhere.js", /^usage: there is no module nowhere.js: neither a file nor a package\n$/],
      ["number.js", /^usage: expected a Service, a handler, an object of functions.*got number\n$/],
      ["nothing.js", /^usage: expected a default export in .*nothing.js, got none\n$/],
      ["empty.js", /^usage: the object that the module exports has no methods in it\n$/],
      [
        "broken.js",
        /^Error: at the start\n[\s\S]*broken.js:1[\s\S]*usage: broken.js cannot be served: at the start\n$/,
      ],
      ["stuck.js", /^usage: stuck.js cannot be served: it awaits something that never comes\n$/],
    ];

    for (const [module, complaint] of rows) {
      const { status, stdout, stderr } = await tsjason(test, ["serve", module], { cwd: folder });
      assert.deepEqual([status, stdout], [2, ""], module);
      assert.match(stderr, complaint);
    }
  });

  test("serves a shell on stdin and stdout, and ends with it", async (test) => {
    const folder = project(test, { "service.js": "export default { add: (a, b) => a + b };" });
    const args = ["serve", "service.js", "--listen", "stdio:", "--framing", "newline"];
    const input = '{"jsonrpc":"2.0","id":1,"method":"add","params":[1,2]}\n';
    const { status, stdout } = await tsjason(test, args, { cwd: folder, input });
    assert.deepEqual([status, stdout], [0, '{"jsonrpc":"2.0","id":1,"result":3}\n']);
  });
});

describe("tsjason listen", () => {
  test("prints what comes in, and answers as it was told", async (test) => {
    const command = start(test, ["listen", "tcp://127.0.0.1:0", "--answer", '{"ok": true}']);
    const [, address = ""] = await command.prints(/listening on (\S+)\n/, "stderr");
    assert.equal(await output(test, ["call", address, "add", "1", "two"]), '{"ok": true}\n');
    await output(test, ["notify", address, "log", "level=1"]);
    await command.prints(/^#1 request 1 add \[1, "two"\]\n#2 notification log \{"level": 1\}\n$/);
    command.signal("SIGINT");
    assert.equal((await command.ended).status, 0);
  });

  test("answers -32601 unless it is told otherwise, over HTTP too, and speaks JSON to machines", async (test) => {
    const command = start(test, ["listen", "http://127.0.0.1:0/hook", "--json"]);
    const [, address = ""] = await command.prints(/listening on (\S+)\n/, "stderr");
    assert.equal((await tsjason(test, ["call", address, "add"])).status, 1);
    const { connection, text } = JSON.parse((await command.prints(/^.*\n/))[0]);
    assert.deepEqual([connection, text], [1, '{"jsonrpc":"2.0","id":1,"method":"add"}']);
    command.signal("SIGINT");
    assert.equal((await command.ended).status, 0);
  });
});
