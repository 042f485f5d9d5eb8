/** The help pages, held against test/cli/help/; UPDATE_HELP=1 writes them anew. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { output, tsjason } from "../support/command.ts";

const folder = join(import.meta.dirname, "help");
const commands = [
  ...["call", "notify", "batch", "repl", "listen", "serve", "proxy", "replay", "bench", "check"],
  ...["discover", "types", "diff", "completion"],
];

describe("the help", () => {
  for (const command of ["", ...commands]) {
    test(`of ${command || "all"} is as it was written down`, async (test) => {
      const page = await output(test, ["help", ...(command === "" ? [] : [command])], { env: { COLUMNS: "100" } });
      const file = join(folder, `${command || "tsjason"}.txt`);
      if (process.env.UPDATE_HELP) {
        mkdirSync(folder, { recursive: true });
        writeFileSync(file, page);
      }
      assert.equal(page, readFileSync(file, "utf8"));
    });
  }

  test("has a page for every command, and no other", async (test) => {
    const page = await output(test, ["help"]);
    const named = [...page.matchAll(/^ {2}([a-z]+) \[options\]|^ {2}([a-z]+) </gm)].map(([, a, b]) => a ?? b);
    assert.deepEqual(named, commands);
    assert.deepEqual(readdirSync(folder).sort(), [...commands, "tsjason"].map((name) => `${name}.txt`).sort());
  });
});

describe("completion", () => {
  const has = (shell: string) => spawnSync(shell, ["--version"]).status === 0;

  test("is printed for three shells", async (test) => {
    for (const shell of ["bash", "zsh", "fish"]) {
      const script = await output(test, ["completion", shell]);
      for (const command of commands) assert.ok(script.includes(command), `${command} in ${shell}`);
    }
    assert.equal((await tsjason(test, ["completion", "tcsh"])).status, 2);
  });

  test("completes in bash", { skip: has("bash") ? false : "needs bash" }, async (test) => {
    const script = await output(test, ["completion", "bash"]);
    const completed = (...words: string[]) => {
      const line = `COMP_WORDS=(tsjason ${words.join(" ")}); COMP_CWORD=${words.length}; _tsjason; echo "\${COMPREPLY[*]}"`;
      const { stdout } = spawnSync("bash", ["-c", `${script}\n${line}`], { encoding: "utf8" });
      return stdout.trim();
    };
    assert.equal(completed("re"), "repl replay");
    assert.equal(completed("call", "--fram"), "--framing");
    assert.equal(completed("call", "--framing", "ne"), "netstring newline");
    assert.equal(completed("help", "be"), "bench");
  });

  test("completes in fish", { skip: has("fish") ? false : "needs fish" }, async (test) => {
    const script = await output(test, ["completion", "fish"]);
    const completed = (line: string) => {
      const { stdout } = spawnSync("fish", ["--no-config", "-c", `${script}\ncomplete -C '${line}'`], {
        encoding: "utf8",
      });
      return stdout
        .split("\n")
        .map((each) => each.split("\t")[0])
        .filter(Boolean);
    };
    assert.deepEqual(completed("tsjason re"), ["repl", "replay"]);
    assert.deepEqual(completed("tsjason call --framing ne"), ["netstring", "newline"]);
  });

  test("is a script that zsh can read", { skip: has("zsh") ? false : "needs zsh" }, async (test) => {
    const script = await output(test, ["completion", "zsh"]);
    const { status, stderr } = spawnSync("zsh", ["-n"], { input: script, encoding: "utf8" });
    assert.deepEqual([status, stderr], [0, ""]);
  });
});
