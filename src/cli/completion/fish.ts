import type { CommandWords, OptionWords } from "./model.ts";

/** A script that completes in fish: `tsjason completion fish | source`. */
export function fishScript(commands: readonly CommandWords[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  return [
    "# Completion of tsjason in fish: tsjason completion fish | source",
    ...commands.map(
      ({ name, description }) => `complete -c tsjason -f -n __fish_use_subcommand -a ${name} -d ${quoted(description)}`,
    ),
    `complete -c tsjason -f -n '__fish_seen_subcommand_from help' -a '${names}'`,
    ...commands.flatMap(({ name, options }) => options.map((option) => optionLine(name, option))),
  ].join("\n");
}

function optionLine(command: string, { flags, description, takesValue, choices }: OptionWords): string {
  const words = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)).join(" ");
  const value = choices.length > 0 ? ` -x -a '${choices.join(" ")}'` : takesValue ? " -r" : "";
  return `complete -c tsjason -n '__fish_seen_subcommand_from ${command}' ${words}${value} -d ${quoted(description)}`;
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
