import type { ErrorObject } from "../error-object.ts";
import { isLater, type StandardSchema } from "../schema.ts";

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

/** What `isRpcError` asks of an error: its code, and that its data fit. See `defineError`. */
export interface ErrorKind<Code extends number = number, Data = unknown> {
  readonly code: Code;
  readonly data: StandardSchema<Data, unknown> | undefined;
}

/**
 * Whether a value is an {@link RpcError}, also one of another copy of this package.
 *
 * @param kind - also ask for this code; or for a declared error, with its code and with data that fit its schema. Data
 * that make the schema throw do not fit.
 * @throws TypeError when the schema turns out to be asynchronous
 */
export function isRpcError<Code extends number, Data>(
  value: unknown,
  kind: ErrorKind<Code, Data>,
): value is RpcError<Data> & { readonly code: Code; readonly data: Data };
export function isRpcError<Code extends number = number>(
  value: unknown,
  kind?: Code,
): value is RpcError & { readonly code: Code };
export function isRpcError(value: unknown, kind?: number | ErrorKind): boolean {
  if (typeof kind !== "object" && typeof kind !== "function") return isBranded(value, kind);
  return isBranded(value, kind.code) && (kind.data === undefined || fits(kind.data, value));
}

function isBranded(value: unknown, code: number | undefined): value is RpcError {
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

function fits(schema: StandardSchema, error: RpcError): boolean {
  let result: ReturnType<StandardSchema["~standard"]["validate"]>;
  try {
    result = schema["~standard"].validate(error.data);
    if (!isLater(result)) return !result.issues;
  } catch {
    return false;
  }
  result.catch(() => {});
  throw new TypeError("expected a schema that answers at once, got a promise from it");
}
