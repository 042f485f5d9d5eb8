import { Argument, type Command } from "commander";
import { action, examples } from "../command.ts";

/** `tsjason completion`. */
export function addCompletion(program: Command): void {
  program
    .command("completion")
    .description("print what makes a shell complete commands and options")
    .addArgument(new Argument("<shell>").choices(["bash", "zsh", "fish"]))
    .addHelpText(
      "after",
      examples(
        ["source <(tsjason completion bash)", "in ~/.bashrc"],
        ["source <(tsjason completion zsh)", "in ~/.zshrc, behind compinit"],
        ["tsjason completion fish | source", "in ~/.config/fish/config.fish"],
      ),
    )
    .action(action(() => import("../runs/completion.ts")));
}
