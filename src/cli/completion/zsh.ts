import type { CommandWords, OptionWords } from "./model.ts";

/** A script that completes in zsh: `source <(tsjason completion zsh)`, or a file `_tsjason` in the path of functions. */
export function zshScript(commands: readonly CommandWords[]): string {
  return `#compdef tsjason
# Completion of tsjason in zsh: source <(tsjason completion zsh)
_tsjason() {
  local -a commands
  commands=(
${commands.map(({ name, description }) => `    ${quoted(`${name}:${description}`)}`).join("\n")}
  )
  if ((CURRENT == 2)); then
    _describe 'command' commands
    return
  fi
  case $words[2] in
${commands.map(commandCase).join("\n")}
    help) _describe 'command' commands ;;
  esac
}
compdef _tsjason tsjason`;
}

function commandCase({ name, options }: CommandWords): string {
  const specs = options.flatMap(optionSpecs).map((spec) => `        ${spec} \\`);
  return `    ${name})\n      _arguments -S \\\n${specs.join("\n")}\n        '*:file:_files' ;;`;
}

function optionSpecs({ flags, description, takesValue, choices }: OptionWords): string[] {
  const what = description.replace(/[[\]\\]/g, "\\$&");
  const value = choices.length > 0 ? `:value:(${choices.join(" ")})` : ":value:_files";
  return flags.map((flag) => quoted(`*${flag}[${what}]${takesValue ? value : ""}`));
}

/** A text in single quotes, with the colons of descriptions as they are. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
