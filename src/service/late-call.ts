import type { HandlerContext } from "./context.ts";

/**
 * What a method gives instead of a result where its schemas take their time with the params, and it was given no context:
 * only then does it need one, by which it knows whether anybody still waits when they are done.
 */
export class LateCall {
  /** Goes on. */
  readonly start: (context: HandlerContext) => Promise<unknown>;

  constructor(start: (context: HandlerContext) => Promise<unknown>) {
    this.start = start;
  }
}
