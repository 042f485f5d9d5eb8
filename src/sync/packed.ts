import type { Noted } from "./noting-version.ts";

/**
 * A value on its way to another thread.
 *
 * What came in a message goes as that message's text, and is parsed once more there: that knows no depth that is too
 * deep, as cloning does.
 */
export type Packed =
  | { readonly is: "value"; readonly value: unknown }
  | { readonly is: "text"; readonly noted: Noted }
  | { readonly is: "list"; readonly items: readonly Packed[] }
  | PackedError;

/** An error on its way to another thread: of its class, with its own members and its cause. */
export interface PackedError {
  readonly is: "error";
  /** Its class, by a name of `error-classes.ts`. */
  readonly class: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** Its members besides message and stack, `cause` among them. */
  readonly members: readonly PackedMember[];
  /** The registered symbols it is marked with: `isRpcError` and `isCallError` go by them. */
  readonly marks: readonly string[];
}

export interface PackedMember {
  readonly name: string;
  readonly enumerable: boolean;
  readonly value: Packed;
}
