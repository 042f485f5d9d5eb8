import type { Command, Option } from "commander";

/** What a shell can complete of a command. */
export interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionWords[];
}

export interface OptionWords {
  /** `--timeout`, `-v`. */
  readonly flags: readonly string[];
  readonly description: string;
  /** Whether a value follows. */
  readonly takesValue: boolean;
  /** The values there are, where there are only some. */
  readonly choices: readonly string[];
}

/** The commands of a program, with their options. */
export function wordsOf(program: Command): CommandWords[] {
  return program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: [...command.options.map(optionWords), help],
  }));
}

const help: OptionWords = { flags: ["-h", "--help"], description: "display help", takesValue: false, choices: [] };

function optionWords({ short, long, description, required, optional, argChoices }: Option): OptionWords {
  return {
    flags: [short, long].filter((flag) => flag !== undefined && flag !== null),
    description,
    takesValue: required || optional,
    choices: argChoices ?? [],
  };
}
