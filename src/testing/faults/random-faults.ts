import type { Fault, FaultKind, FaultPlan, Side } from "./fault.ts";

/** How random faults are. */
export interface RandomFaultOptions {
  /** Which kinds there are. Default: all of them. */
  readonly kinds?: readonly FaultKind["kind"][];
  /** How many bytes pass before a fault, at most. Default: 20,000. */
  readonly bytes?: number;
  /** Milliseconds of a stall or a delay, at most. Default: 20. */
  readonly ms?: number;
}

const ALL = ["cut", "reset", "half-close", "vanish", "stall", "delay", "split", "garbage"] as const;
const MOST_FAULTS = 3;

/**
 * A plan in which some connections fare well and others do not, which a seed decides: with the same seed the same
 * connection suffers the same faults.
 *
 * Garbage is bytes 0xFF. In no UTF-8 text and in no header of a framing do they belong, so that whoever reads them has to
 * notice.
 *
 * @param seed - a whole number
 */
export function randomFaults(
  seed: number,
  { kinds = ALL, bytes = 20_000, ms = 20 }: RandomFaultOptions = {},
): FaultPlan {
  return (index) => {
    const next = generator(seed + Math.imul(index + 1, 0x9e3779b9));
    const below = (end: number) => Math.floor(next() * end);
    return Array.from({ length: below(MOST_FAULTS + 1) }, (): Fault => {
      const kind = kinds[below(kinds.length)] ?? "cut";
      const towards: Side = below(2) === 0 ? "client" : "server";
      const place = { towards, after: 1 + below(bytes) };
      if (kind === "stall" || kind === "delay") return { kind, ...place, ms: below(ms + 1) };
      if (kind === "split") return { kind, ...place, bytes: 1 + below(100) };
      if (kind === "garbage") return { kind, ...place, bytes: new Uint8Array(1 + below(8)).fill(0xff) };
      return { kind, ...place };
    });
  };
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
