/** Something that is not what it was. */
export interface Difference {
  readonly connection: number;
  readonly id: unknown;
  /** The method that was called, where the recording has the call. */
  readonly method: string | undefined;
  /**
   * What the recording has: an answer as `{ result }` or `{ error }`, what the server said of its own accord as
   * `{ method, params }`; `undefined` where it has no such thing.
   */
  readonly expected: object | undefined;
  /** What came now; `undefined` when nothing did. */
  readonly got: object | undefined;
  /** Why nothing did, where that is known. */
  readonly why?: string;
}

/** What a replay has shown. */
export interface Outcome {
  /** Messages that were sent. */
  sent: number;
  /** Answers that were compared. */
  compared: number;
  /** Requests and notifications of the server that the recording has, and that were waited for. */
  awaited: number;
  readonly differences: Difference[];
}
