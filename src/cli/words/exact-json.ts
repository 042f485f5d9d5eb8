import { UsageError } from "../usage-error.ts";
import { endOfString } from "./end-of-string.ts";

/* Where a string begins, which may hold digits too, and numbers. */
const stringOrNumber = /"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/* As many digits a JavaScript number holds, whatever they are. */
const CERTAIN_DIGITS = 15;

/**
 * Reads JSON that somebody typed.
 *
 * @throws SyntaxError when it is none
 * @throws UsageError when a number in it has more digits than a JavaScript number holds: others would be sent
 */
export function parseExactly(text: string): unknown {
  const value: unknown = JSON.parse(text);
  for (const token of numbersIn(text)) {
    if (isExact(token)) continue;
    throw new UsageError(
      `the number ${short(token)} cannot be sent digit for digit; as a string it can: '"${short(token)}"'`,
    );
  }
  return value;
}

function* numbersIn(json: string): Generator<string> {
  const search = new RegExp(stringOrNumber);
  for (let match = search.exec(json); match; match = search.exec(json)) {
    const [token] = match;
    if (token === '"') search.lastIndex = endOfString(json, match.index);
    else yield token;
  }
}

function isExact(token: string): boolean {
  const value = Number(token);
  if (!Number.isFinite(value)) return false;
  const digits = token
    .replace(/[eE].*$/, "")
    .replace(/[-.]/g, "")
    .replace(/^0+/, "");
  if (digits.length <= CERTAIN_DIGITS) return true;
  return /^-?\d+$/.test(token) ? BigInt(token) === BigInt(value) : String(value) === token;
}

function short(token: string): string {
  return token.length <= 40 ? token : `${token.slice(0, 40)}…`;
}
