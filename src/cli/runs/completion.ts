import type { Command } from "commander";
import { bashScript } from "../completion/bash.ts";
import { fishScript } from "../completion/fish.ts";
import { wordsOf } from "../completion/model.ts";
import { zshScript } from "../completion/zsh.ts";
import { ExitCode } from "../exit-code.ts";
import { out } from "../output/out.ts";

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** Does what `tsjason completion` is for. */
export async function run(shell: keyof typeof scripts, _options: object, command: Command): Promise<ExitCode> {
  out.line(scripts[shell](wordsOf(command.parent as Command)));
  return ExitCode.Ok;
}
