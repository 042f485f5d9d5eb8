/**
 * The way from a service to a generated client, as docs/contract.md shows it: its files are written, its changes made and its
 * commands run, in their order, and print what stands there.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { builtPackage } from "../support/built.ts";
import { type RunningCommand, start } from "../support/command.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(join(root, "docs/contract.md"), "utf8");
const section = /^## From the service to a generated client$.*/ms.exec(page)?.[0] ?? "";
const blocks = [...section.matchAll(/^(?:<!-- file: (\S+) -->\n)?```(\w+)\n(.*?)^```/gms)];

const address = "tcp://127.0.0.1:7080";

/** A reader's project, with what the page takes to be installed. */
class Project {
  readonly #test: TestContext;
  readonly #folder: string;
  #server: RunningCommand | undefined;
  #address = address;
  #status = 0;

  constructor(test: TestContext) {
    this.#test = test;
    this.#folder = temporaryDirectory(test);
    this.write("package.json", '{"type": "module"}');
    mkdirSync(join(this.#folder, "node_modules"));
    for (const name of ["zod", "tsx"]) {
      symlinkSync(join(root, "node_modules", name), join(this.#folder, "node_modules", name));
    }
    symlinkSync(builtPackage(), join(this.#folder, "node_modules/tsjason"));
    mkdirSync(join(this.#folder, "bin"));
    this.#program("tsjason", `"${process.execPath}" "${join(builtPackage(), "dist/cli/main.js")}" "$@"`);
    this.#program("tsx", `"${process.execPath}" --import tsx "$@"`);
    // What is installed, and nothing from the network.
    this.#program("npx", '"$@"');
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.#folder, file), text);
  }

  /** Writes a file of the page, or, where there is one that a command made, holds that against it. */
  file(file: string, text: string): void {
    if (existsSync(join(this.#folder, file))) assert.equal(readFileSync(join(this.#folder, file), "utf8"), text);
    else this.write(file, text.replaceAll(address, this.#address));
  }

  /** Puts the lines with a plus in the place of those with a minus. */
  change(file: string, diff: string): void {
    const lines = (sign: string) =>
      [...diff.matchAll(new RegExp(`^\\${sign}(.*\\n)`, "gm"))].map(([, line]) => line).join("");
    const before = readFileSync(join(this.#folder, file), "utf8");
    assert(before.includes(lines("-")), "there is nothing to change");
    this.write(file, before.replace(lines("-"), lines("+")));
  }

  /** Runs a command of the page; gives what it printed. */
  async run(command: string): Promise<string> {
    if (command.startsWith("tsjason serve ")) return await this.#serve(command.split(" ").slice(1));
    const { NODE_TEST_CONTEXT: _context, FORCE_COLOR: _force, NODE_OPTIONS: _options, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync(
      "sh",
      ["-c", `(exit ${this.#status}); ${command.replaceAll(address, this.#address)}`],
      {
        cwd: this.#folder,
        encoding: "utf8",
        env: { ...env, NO_COLOR: "1", PATH: `${join(this.#folder, "bin")}:${env.PATH}` },
        timeout: 60_000,
      },
    );
    this.#status = status ?? 1;
    return stderr + stdout;
  }

  async #serve(args: readonly string[]): Promise<string> {
    await this.#server?.kill();
    this.#server = start(this.#test, [...args, "--listen", "tcp://127.0.0.1:0"], { cwd: this.#folder });
    const [line, at = ""] = await this.#server.prints(/^listening (\S+)\n/);
    this.#address = at;
    return line.replace(at, address);
  }

  #program(name: string, command: string): void {
    const file = join(this.#folder, "bin", name);
    writeFileSync(file, `#!/bin/sh\nexec ${command}\n`);
    chmodSync(file, 0o755);
  }
}

const skip = process.platform === "win32" && "its commands are those of a POSIX shell";

test("the way from a service to a generated client is as docs/contract.md shows it", { skip }, async (test) => {
  const project = new Project(test);
  const kinds = blocks.map(([, , kind]) => kind);
  assert.deepEqual(kinds, ["ts", "console", "ts", "ts", "console", "diff", "console"]);
  for (const [, file = "", kind, text = ""] of blocks) {
    if (kind === "ts") project.file(file, text);
    else if (kind === "diff") project.change(file, text);
    else {
      for (const [, command = "", printed] of text.matchAll(/^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm)) {
        assert.equal(await project.run(command), printed, command);
      }
    }
  }
});
