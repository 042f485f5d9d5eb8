import { Argument, type Command } from "commander";
import { action, examples } from "../command.ts";
import { bashScript } from "../completion/bash.ts";
import { fishScript } from "../completion/fish.ts";
import { wordsOf } from "../completion/model.ts";
import { zshScript } from "../completion/zsh.ts";
import { ExitCode } from "../exit-code.ts";
import { out } from "../output/out.ts";

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** `tsjason completion`. */
export function addCompletion(program: Command): void {
  program
    .command("completion")
    .description("print what makes a shell complete commands and options")
    .addArgument(new Argument("<shell>").choices(Object.keys(scripts)))
    .addHelpText(
      "after",
      examples(
        ["source <(tsjason completion bash)", "in ~/.bashrc"],
        ["source <(tsjason completion zsh)", "in ~/.zshrc, behind compinit"],
        ["tsjason completion fish | source", "in ~/.config/fish/config.fish"],
      ),
    )
    .action(
      action(async (shell: keyof typeof scripts) => {
        out.line(scripts[shell](wordsOf(program)));
        return ExitCode.Ok;
      }),
    );
}
