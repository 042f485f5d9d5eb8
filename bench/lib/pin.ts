import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * Cores for two processes that must not share one: two of those this process may use, not two threads of one core
 * where that can be told.
 *
 * @returns `undefined` where there are not two, or no `taskset` (it is part of Linux' util-linux)
 */
export function twoCores(): readonly [number, number] | undefined {
  const allowed = allowedCores();
  const [first] = allowed;
  if (first === undefined) return undefined;
  const siblings = siblingsOf(first);
  const second = allowed.find((core) => !siblings.includes(core)) ?? allowed[1];
  return second === undefined ? undefined : [first, second];
}

function allowedCores(): number[] {
  try {
    const output = execFileSync("taskset", ["-cp", String(process.pid)], { encoding: "utf8" });
    return parseList(output.slice(output.lastIndexOf(":") + 1));
  } catch {
    return [];
  }
}

function siblingsOf(core: number): number[] {
  try {
    const folder = `/sys/devices/system/cpu/cpu${core}/topology`;
    return parseList(readFileSync(`${folder}/thread_siblings_list`, "utf8"));
  } catch {
    return [core];
  }
}

/** `0,2-3` as Linux writes it. */
function parseList(list: string): number[] {
  return list
    .trim()
    .split(",")
    .filter((part) => part !== "")
    .flatMap((part) => {
      const [from = 0, to = from] = part.split("-").map(Number);
      return Array.from({ length: to - from + 1 }, (_, i) => from + i);
    });
}
