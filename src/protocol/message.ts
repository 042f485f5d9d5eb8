import type { ErrorObject } from "./error-object.ts";
import type { TraceContext } from "./trace-context.ts";

/** The id of a request as the specification allows it (section 4). */
export type RequestId = string | number | null;

/** What a request carries: by position (an array) or by name (an object). JSON-RPC 2.0, section 4.2. */
export type Params = readonly unknown[] | { readonly [name: string]: unknown };

/** Params by name, of any names. An array, a function, a map or a promise is none. */
export type NamedParams =
  | { readonly [name: string]: unknown }
  // A variable whose type is an interface has no index signature.
  | (object & {
      readonly [Symbol.iterator]?: never;
      readonly [Symbol.hasInstance]?: never;
      readonly [Symbol.toStringTag]?: never;
      readonly [Symbol.toPrimitive]?: never;
    });

/** Params as one can give them: {@link Params}, and what is one only by its members. */
export type GivenParams = readonly unknown[] | NamedParams;

/** The versions before 2.0, which are understood where that was asked for. */
export type LegacyVersion = "1.0" | "1.1";

/**
 * A request that wants an answer.
 *
 * `id` is the JSON text of the id, not its value, so that it comes back digit for digit even where a JavaScript
 * number could not hold it.
 */
export interface RequestMessage {
  readonly kind: "request";
  /** Its version, where that is an older one: its answer has that version's shape. */
  readonly version?: LegacyVersion;
  readonly id: string;
  readonly method: string;
  readonly params: Params | undefined;
  /** Only where it has one. */
  readonly trace?: TraceContext;
}

/** A request without an id: nobody answers it, whatever becomes of it (section 4.1). */
export interface NotificationMessage {
  readonly kind: "notification";
  readonly id: undefined;
  readonly method: string;
  /** A value that is neither array nor object makes the notification a wrong one, which goes unanswered like any. */
  readonly params: Params | undefined;
  /** Only where it has one. */
  readonly trace?: TraceContext;
}

/** An answer (section 5). */
export interface ResponseMessage {
  readonly kind: "response";
  /** `undefined` where the answer carries no id, or none that could be one. */
  readonly id: RequestId | undefined;
  /** The id as it was written, where a JavaScript number may not hold it to the last digit. */
  readonly rawId: string | undefined;
  readonly result: unknown;
  readonly error: ErrorObject | undefined;
  /** What makes it no JSON-RPC 2.0 answer, in words; `undefined` when it is one. */
  readonly flaw: string | undefined;
}

/** Something that is neither; `error` is what to answer it with. */
export interface InvalidMessage {
  readonly kind: "invalid";
  /** Its version, where that is an older one: its answer has that version's shape. */
  readonly version?: LegacyVersion;
  /** The JSON text of the id where one could be read, else `null`. */
  readonly id: string;
  readonly error: ErrorObject;
  /** The id of the call that it may have been meant to answer: it has neither a method nor a result nor an error. */
  readonly answers?: number;
}

/** Several at once (section 6). Never empty: an empty array is an {@link InvalidMessage}. */
export interface BatchMessage {
  readonly kind: "batch";
  readonly members: readonly SingleMessage[];
}

/** Any message but a batch. */
export type SingleMessage = RequestMessage | NotificationMessage | ResponseMessage | InvalidMessage;

/** What one text can be. */
export type Message = SingleMessage | BatchMessage;
