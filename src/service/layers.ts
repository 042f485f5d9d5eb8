/** What goes around a call: a middleware, and whether it may call `next` more than once. */
export interface Layer<Call, Changes> {
  readonly run: (call: Call, next: Next<Changes>) => unknown;
  readonly repeats: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: what `next` gives is a promise on one side, and anything on the other
export type Next<Changes> = (changes?: Changes) => any;

/** How calls of one side pass through layers. */
export interface Passage<Call, Changes> {
  /** The call as the layers further in see it. Throws where the changes make no sense. */
  change(call: Call, changes: Changes): Call;
  /** What stands inside the innermost layer. */
  last(call: Call): unknown;
  /** Gives what `next` gives, of what does the rest. */
  give(rest: () => unknown): unknown;
}

/** Runs a call through layers, the first outermost. What it gives or throws is the outermost layer's. */
export function runThrough<Call, Changes>(
  layers: readonly Layer<Call, Changes>[],
  call: Call,
  passage: Passage<Call, Changes>,
): unknown {
  return enter(layers, 0, call, passage);
}

function enter<Call, Changes>(
  layers: readonly Layer<Call, Changes>[],
  index: number,
  call: Call,
  passage: Passage<Call, Changes>,
): unknown {
  const layer = layers[index];
  if (!layer) return passage.last(call);
  let called = false;
  return layer.run(call, (changes) =>
    passage.give(() => {
      if (called && !layer.repeats) throw new Error("a middleware called next() twice: a call is made once");
      called = true;
      const changed = changes === undefined ? call : passage.change(call, checked(changes));
      return enter(layers, index + 1, changed, passage);
    }),
  );
}

function checked<Changes>(changes: Changes): Changes {
  if (typeof changes === "object" && changes !== null && !Array.isArray(changes)) return changes;
  const given = Array.isArray(changes) ? "an array" : changes === null ? "null" : typeof changes;
  throw new TypeError(`next() takes changes as { params: … }, or nothing; got ${given}`);
}

/** Sees to it that the rejection of a promise that nobody may await is never an unhandled one. */
export function handled<T>(value: T): T {
  // Of promises only: another thenable may do its work when its `then` is called.
  if (value instanceof Promise) value.catch(() => {});
  return value;
}
