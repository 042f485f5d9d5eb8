/** A proxy's target has not answered in time; what became of the text, only the target knows. */
export class TargetTimeoutError extends Error {
  override name = "TargetTimeoutError";

  /** @param timeout - milliseconds */
  constructor(timeout: number) {
    super(`no answer within ${timeout} ms`);
  }
}
