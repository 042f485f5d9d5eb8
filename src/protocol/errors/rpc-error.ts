import type { ErrorObject } from "../error-object.ts";

const brand = Symbol.for("tsjason.RpcError");

/**
 * An error answer, on either side: throw one in a method and the caller's promise rejects with an equal one.
 *
 * Anything else a method throws reaches the caller as -32000 "Server error" with nothing of the original in it.
 * Applications choose codes outside -32768 to -32000, which the specification keeps for itself (section 5.1).
 *
 * What is not under this class: everything that went wrong without an answer (a timeout, a lost connection, an
 * abort). Those are `CallError`s.
 */
export class RpcError<Data = unknown> extends Error {
  override name = "RpcError";
  /** An integer. */
  readonly code: number;
  /** Anything JSON can hold; `undefined` when the answer carries no data. */
  readonly data: Data | undefined;

  /**
   * @param code - an integer
   * @param message - one short sentence, meant for the caller
   * @param data - anything JSON can hold
   * @param options - `cause`, which never leaves this process
   * @throws TypeError when the code is no integer or the message no string
   */
  constructor(code: number, message: string, data?: Data, options?: ErrorOptions) {
    if (!Number.isInteger(code)) throw new TypeError(`expected an integer as the error's code, got ${String(code)}`);
    if (typeof message !== "string") {
      throw new TypeError(`expected a string as the error's message, got ${typeof message}`);
    }
    super(message, options);
    this.code = code;
    this.data = data;
    Object.defineProperty(this, brand, { value: true });
  }

  /** The error as it goes on the wire. */
  toJSON(): ErrorObject {
    const { code, message, data } = this;
    return data === undefined ? { code, message } : { code, message, data };
  }
}

/**
 * Whether a value is an {@link RpcError}, also one of another copy of this package.
 *
 * @param code - also ask for this code
 */
export function isRpcError<Code extends number = number>(
  value: unknown,
  code?: Code,
): value is RpcError & { readonly code: Code } {
  try {
    return (
      typeof value === "object" &&
      value !== null &&
      (value as { [brand]?: unknown })[brand] === true &&
      (code === undefined || (value as RpcError).code === code)
    );
  } catch {
    // A proxy that cannot be looked at. Anything can be thrown.
    return false;
  }
}
