import { InvalidArgumentError } from "commander";

const UNITS: Readonly<Record<string, number>> = { "": 1, ms: 1, s: 1_000, m: 60_000 };

/* Timers go no further: 24 days. */
const MAX_MS = 2 ** 31 - 1;

/** A time: `500`, `500ms`, `2s`, `1.5m`. Milliseconds come out. */
export function duration(text: string): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text) ?? [];
  if (number === "") throw new InvalidArgumentError("Expected a time such as 500ms, 2s or 1m.");
  const ms = Number(number) * (UNITS[unit] ?? 1);
  if (ms > MAX_MS) throw new InvalidArgumentError("Expected a time of 24 days at most; 0 is for ever.");
  return ms;
}

/** A number from 1 up, at most `max`. */
export function count(max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : 0;
    if (value >= 1 && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${max.toLocaleString("en")}.`);
  };
}

/** A rate: a number above zero, per second. */
export function rate(text: string): number {
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : 0;
  if (value > 0) return value;
  throw new InvalidArgumentError("Expected a number above zero.");
}
