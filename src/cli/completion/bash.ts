import type { CommandWords, OptionWords } from "./model.ts";

/** A script that completes in bash: `source <(tsjason completion bash)`. */
export function bashScript(commands: readonly CommandWords[]): string {
  return `# Completion of tsjason in bash: source <(tsjason completion bash)
_tsjason() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} options=""
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W "${[...commands.map(({ name }) => name), "help"].join(" ")}" -- "$current")
    return
  fi
  case "\${COMP_WORDS[1]} $previous" in
${commands.flatMap(({ name, options }) => options.flatMap((option) => valueCases(name, option))).join("\n")}
    "help "*)
      mapfile -t COMPREPLY < <(compgen -W "${commands.map(({ name }) => name).join(" ")}" -- "$current")
      return ;;
  esac
  case "\${COMP_WORDS[1]}" in
${commands.map(({ name, options }) => `    ${name}) options="${options.flatMap(({ flags }) => flags).join(" ")}" ;;`).join("\n")}
  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
  else
    compopt -o default 2>/dev/null
  fi
}
complete -F _tsjason tsjason`;
}

function valueCases(command: string, { flags, takesValue, choices }: OptionWords): string[] {
  if (!takesValue) return [];
  const patterns = flags.map((flag) => `"${command} ${flag}"`).join("|");
  if (choices.length === 0) return [`    ${patterns}) compopt -o default 2>/dev/null; return ;;`];
  return [
    `    ${patterns})
      mapfile -t COMPREPLY < <(compgen -W "${choices.join(" ")}" -- "$current")
      return ;;`,
  ];
}
