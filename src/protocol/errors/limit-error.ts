import type { Limits } from "../limits.ts";

/** A peer went over one of the limits, and lost its connection by it, or did not get one. */
export class LimitError extends Error {
  override name = "LimitError";
  /** The limit's name, as in `Limits`. */
  readonly limit: keyof Limits;
  /** Its value. */
  readonly max: number;

  constructor(limit: keyof Limits, max: number, message: string) {
    super(message);
    this.limit = limit;
    this.max = max;
  }
}
