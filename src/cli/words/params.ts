import type { Params } from "../../protocol/message.ts";
import { UsageError } from "../usage-error.ts";
import { parseExactly } from "./exact-json.ts";
import type { Sources } from "./sources.ts";

/* `name=value`, and `name:=value` where the value must be JSON. */
const byName = /^([\p{L}_$][\p{L}\p{N}_$.-]*)(:?=)(.*)$/su;

/**
 * The params that words stand for.
 *
 * - Each word is a param by position, or all are `name=value`, by name.
 * - A value is JSON where it is JSON, else the text itself. What starts like JSON (with `{`, `[` or `"`) and is none is a mistake.
 * - `-` is standard input, `@path` a file: alone the params as a whole, else a value.
 *
 * @param whole - the params as one JSON text, or `-`, or `@path`: the option `--params`
 * @throws UsageError
 */
export async function paramsOf(
  words: readonly string[],
  sources: Sources,
  whole?: string | undefined,
): Promise<Params | undefined> {
  if (whole !== undefined) {
    if (words.length > 0) throw new UsageError("expected params as words or as --params, got both");
    return paramsIn((await sourceOf(whole, sources)) ?? whole, "--params");
  }
  const [only = ""] = words;
  if (words.length === 0) return undefined;
  const text = words.length === 1 ? await sourceOf(only, sources) : undefined;
  if (text !== undefined) return paramsIn(text, only === "-" ? "standard input" : only.slice(1));
  const named = words.map((word) => byName.exec(word));
  if (named.every((match) => match === null)) return await Promise.all(words.map((word) => readValue(word, sources)));
  return await namedParams(words, named, sources);
}

async function namedParams(
  words: readonly string[],
  matches: readonly (RegExpExecArray | null)[],
  sources: Sources,
): Promise<Params> {
  const params = new Map<string, unknown>();
  for (const [index, match] of matches.entries()) {
    if (!match) {
      throw new UsageError(
        `expected every param by name, or none, got ${quoted(words[index] ?? "")} among others by name; ` +
          `a text with "=" in it by position is written as JSON: '"a=b"'`,
      );
    }
    const [, name = "", sign, value = ""] = match;
    if (params.has(name)) throw new UsageError(`the param ${name} stands there twice`);
    params.set(name, sign === ":=" ? jsonOf(value, name) : await readValue(value, sources));
  }
  return Object.fromEntries(params);
}

async function readValue(word: string, sources: Sources): Promise<unknown> {
  const text = (await sourceOf(word, sources)) ?? word;
  try {
    return parseExactly(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    if (/^\s*[{["]/.test(text)) throw new UsageError(`${quoted(text)} starts like JSON and is none: ${error.message}`);
    return text;
  }
}

function jsonOf(text: string, name: string): unknown {
  try {
    return parseExactly(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(`expected JSON behind ${name}:=, got ${quoted(text)}`);
  }
}

function paramsIn(text: string, where: string): Params {
  let params: unknown;
  try {
    params = parseExactly(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(`expected params as a JSON array or object in ${where}, got ${quoted(text)}`);
  }
  if (typeof params === "object" && params !== null) return params as Params;
  throw new UsageError(`expected params as a JSON array or object in ${where}, got ${quoted(text)}`);
}

/** What `-` or `@path` stands for; `undefined` for any other word. */
async function sourceOf(word: string, sources: Sources): Promise<string | undefined> {
  if (word === "-") return await sources.stdin();
  return word.startsWith("@") && word.length > 1 ? await sources.file(word.slice(1)) : undefined;
}

function quoted(text: string): string {
  return JSON.stringify(text.length <= 60 ? text : `${text.slice(0, 60)}…`);
}
