/** Random texts: messages in every layout JSON allows, and texts that are almost such. */

import { Random } from "../support/random.ts";

/** Choices by chance. */
export class Choices extends Random {
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  override pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  shuffled<T>(list: readonly T[]): T[] {
    const left = [...list];
    return list.map(() => left.splice(this.below(left.length), 1)[0] as T);
  }
}

const ids = [
  ...["1", "0", "7", "42", "123456789012345", "1234567890123456", "12345678901234567890", "-1", "-0", "1.0"],
  ...["1e2", "1E+2", "0.5", "-1.5e-3", "1e400", "null", '""', '"a"', '"1"', '"\\u0069d"', '"\\ud800"', '"é"'],
  ...["true", "{}", "[1]", '{"id":1e3}', "01", "1.", "-", "+1", "0x1"],
];
const methods = ['"add"', '""', '"main.echo"', '"\\u0061dd"', '"a\\"b"', '"é\u2028"', '"__proto__"', "1", "null", '"a'];
const names = ["id", "method", "params", "result", "error", "jsonrpc", "code", "__proto__", "a", "", "constructor"];
const versions = ['"2.0"', '"2.0"', '"2.0"', '"2.0"', '"2.0"', '"2.0"', '"\\u0032.0"', '"1.0"', "2.0", "null"];
const scalars = ["0", "-0", "1", "2.5e3", "1e999", "null", "true", "false", '"x"', '"\\n\\u00e9😀"', '"\\"id\\":1.0"'];
const spaces = ["", "", "", "", "", "", " ", "\n", "\t\r ", "  "];

/** A text that is a message, or not far from it. */
export function randomText(random: Choices): string {
  const kind = random.next();
  let text: string;
  if (kind < 0.35) text = usual(random);
  else if (kind < 0.7) text = message(random);
  else if (kind < 0.85) text = usualBatch(random);
  else text = array(random, 4, () => (random.chance(0.15) ? value(random, 2) : message(random)));
  if (random.chance(0.1)) text = random.pick(spaces) + text + random.pick(spaces);
  while (random.chance(0.2)) text = mutated(random, text);
  return text;
}

/** In the layout this package writes. */
function usual(random: Choices): string {
  const id = random.chance(0.7) ? digits(random) : random.pick(ids);
  const start = `{"jsonrpc":"2.0","id":${id}`;
  if (random.chance(0.3)) return `${start},"result":${value(random, 2)}}`;
  if (random.chance(0.2)) return `${start},"error":${errorObject(random)}}`;
  const params = random.chance(0.8) ? `,"params":${value(random, 2)}` : "";
  return `${start},"method":${random.pick(methods)}${params}}`;
}

/** Members without space between them, now and then in a member of a member. */
function usualBatch(random: Choices): string {
  const one = (): string => {
    if (random.chance(0.1)) return message(random);
    if (random.chance(0.2)) return `{"jsonrpc":"2.0","id":${digits(random)},"result":${usualBatch(random)}}`;
    return random.chance(0.2) ? `{"jsonrpc":"2.0","method":${random.pick(methods)}}` : usual(random);
  };
  return `[${Array.from({ length: 1 + random.below(4) }, one).join(",")}]`;
}

/** A whole number, now and then one too long for a JavaScript number. */
function digits(random: Choices): string {
  const length = random.chance(0.8) ? 3 : 20;
  return Array.from({ length: 1 + random.below(length) }, (_, i) => (i === 0 ? 1 : 0) + random.below(9)).join("");
}

/** Members in any order, some missing, some twice. */
function message(random: Choices): string {
  const isResponse = random.chance(0.35);
  const members: [string, string][] = [];
  const add = (probability: number, name: string, json: () => string) => {
    while (random.chance(probability)) {
      members.push([name, json()]);
      probability = 0.05;
    }
  };
  add(0.95, "jsonrpc", () => random.pick(versions));
  add(0.7, "id", () => random.pick(ids));
  add(isResponse ? 0.05 : 0.95, "method", () => random.pick(methods));
  add(isResponse ? 0.05 : 0.7, "params", () => value(random, 2));
  add(isResponse ? 0.6 : 0.03, "result", () => value(random, 2));
  add(isResponse ? 0.4 : 0.03, "error", () => errorObject(random));
  add(0.1, random.pick(names), () => value(random, 1));
  return object(random, random.chance(0.5) ? random.shuffled(members) : members);
}

function errorObject(random: Choices): string {
  if (random.chance(0.1)) return value(random, 1);
  const members: [string, string][] = [];
  if (random.chance(0.95)) members.push(["code", random.pick(["-32601", "1", "1.0", "1.5", "1e3", '"1"', "1e400"])]);
  if (random.chance(0.95)) members.push(["message", random.pick(['"no"', '""', "1", "null"])]);
  if (random.chance(0.3)) members.push(["data", value(random, 1)]);
  return object(random, random.shuffled(members));
}

function value(random: Choices, depth: number): string {
  if (depth === 0 || random.chance(0.3)) return random.pick(random.chance(0.8) ? scalars : ids);
  if (random.chance(0.5)) return array(random, 3, () => value(random, depth - 1));
  const members = Array.from({ length: random.below(4) }, (): [string, string] => [
    random.pick(names),
    value(random, depth - 1),
  ]);
  return object(random, members);
}

function array(random: Choices, longest: number, element: () => string): string {
  const elements = Array.from({ length: random.below(longest + 1) }, () => spaced(random, element()));
  return `[${elements.join(",")}]`;
}

function object(random: Choices, members: readonly [string, string][]): string {
  return `{${members.map(([name, json]) => `${spaced(random, key(random, name))}:${spaced(random, json)}`).join(",")}}`;
}

/** A key, now and then with an escape that changes nothing. */
function key(random: Choices, name: string): string {
  if (name === "" || random.chance(0.9)) return JSON.stringify(name);
  const at = random.below(name.length);
  const escaped = `\\u${name.charCodeAt(at).toString(16).padStart(4, "0")}`;
  return `"${name.slice(0, at)}${escaped}${name.slice(at + 1)}"`;
}

function spaced(random: Choices, json: string): string {
  return random.chance(0.8) ? json : random.pick(spaces) + json + random.pick(spaces);
}

/** Cut off, or with something taken out, put in or said twice. */
function mutated(random: Choices, text: string): string {
  const from = random.below(text.length + 1);
  const to = Math.min(from + 1 + random.below(5), text.length);
  const piece = text.slice(from, to);
  switch (random.below(5)) {
    case 0:
      return text.slice(0, from);
    case 1:
      return text.slice(0, from) + text.slice(to);
    case 2:
      return text.slice(0, to) + piece + text.slice(to);
    case 3:
      return (
        text.slice(0, from) +
        random.pick(['"', "\\", "{", "}", "[", "]", ",", ":", "0", "e", "\n", "\u0000", " "]) +
        text.slice(from)
      );
    default:
      return (
        text.slice(0, from) +
        random.pick([',"id":2', ',"params":[1]', ',"result":1', '"}', "]}", "\ufeff"]) +
        text.slice(from)
      );
  }
}
