import type { SchemaIssue } from "../protocol/schema.ts";

/** One thing that is wrong with the params, as the caller gets it in the error's `data.issues`. */
export interface Issue {
  /** From the params down to what is wrong: the parameter's name or index first, where they are checked one by one. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/*
 * What a caller may make the service say: params of a million wrong members, with names a megabyte long, must not become an
 * answer many times as long.
 */
const MAX_ISSUES = 50;
const MAX_SEGMENTS = 64;
const MAX_SEGMENT_LENGTH = 200;
const MAX_MESSAGE_LENGTH = 500;

/** Issues to tell, no more than can be of use. */
export class Issues {
  readonly #list: Issue[] = [];
  #omitted = 0;

  get empty(): boolean {
    return this.#list.length === 0;
  }

  /**
   * @param prefix - the parameter they are about, where it is one of several
   * @throws whatever reading them throws
   */
  add(issues: readonly SchemaIssue[], prefix?: string | number): void {
    if (!Array.isArray(issues)) throw new TypeError(`expected issues from a schema, got ${typeof issues}`);
    const told = Math.min(issues.length, MAX_ISSUES - this.#list.length);
    for (let i = 0; i < told; i++) this.#list.push(toIssue(issues[i] as SchemaIssue, prefix));
    this.#omitted += issues.length - told;
  }

  /** All of them, and, if there were too many, how many more there are. */
  toArray(): readonly Issue[] {
    if (this.#omitted === 0) return this.#list;
    return [...this.#list, { path: [], message: `and ${this.#omitted} more` }];
  }
}

function toIssue({ message, path = [] }: SchemaIssue, prefix: string | number | undefined): Issue {
  const segments: (string | number)[] = prefix === undefined ? [] : [prefix];
  // By index: libraries give arrays of their own classes, whose map and slice do as they like.
  const length = Math.min(path.length, MAX_SEGMENTS);
  for (let i = 0; i < length; i++) segments.push(segmentOf(path[i] as PropertyKey));
  return {
    path: segments,
    message: typeof message === "string" ? shortened(message, MAX_MESSAGE_LENGTH) : "does not fit",
  };
}

function segmentOf(segment: NonNullable<SchemaIssue["path"]>[number]): string | number {
  const key: unknown = typeof segment === "object" && segment !== null ? segment.key : segment;
  if (typeof key === "number") return key;
  if (typeof key === "string") return shortened(key, MAX_SEGMENT_LENGTH);
  return typeof key === "symbol" ? shortened(key.description ?? "", MAX_SEGMENT_LENGTH) : typeof key;
}

/** The text, or its beginning where it is longer. */
export function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
