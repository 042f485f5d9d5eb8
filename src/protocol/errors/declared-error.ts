import type { InputOf, StandardSchema } from "../schema.ts";
import { isLater, isSchema } from "../schema.ts";
import { type ErrorKind, RpcError } from "./rpc-error.ts";

/** What an error of an application is. */
export interface ErrorDefinition<Code extends number = number, Data extends StandardSchema = StandardSchema> {
  /** An integer outside -32768 to -32000, which the specification keeps for itself (section 5.1). */
  readonly code: Code;
  /** One short sentence, meant for the caller. */
  readonly message: string;
  /** What comes with it, by a schema that answers at once. Default: nothing is said about it. */
  readonly data?: Data;
  /** More about it, for the document that `rpc.discover` answers. */
  readonly description?: string;
}

/** What one hands to a declared error: its data first, where it has any. */
export type ErrorArguments<Data> = unknown extends Data
  ? [data?: Data, options?: ErrorOptions]
  : undefined extends Data
    ? [data?: Data, options?: ErrorOptions]
    : [data: Data, options?: ErrorOptions];

/** What was said of an error. */
export interface ErrorDeclaration<Code extends number = number, Data = unknown> extends ErrorKind<Code, Data> {
  readonly message: string;
  readonly description: string | undefined;
}

/**
 * An error of an application, declared: throw what it makes, and tell it by `isRpcError(error, declared)`. Made by
 * {@link defineError}.
 */
export interface DeclaredError<Code extends number = number, Data = unknown> extends ErrorDeclaration<Code, Data> {
  /** Makes one, to be thrown by a method. */
  (...args: ErrorArguments<Data>): RpcError<Data> & { readonly code: Code };
}

/* The specification's own and those it reserves for later, section 5.1. */
const RESERVED_FROM = -32768;
const RESERVED_TO = -32000;

/**
 * Declares an error, for those who answer with it and for those who get it.
 *
 * ```ts
 * const NotFound = defineError({ code: 404, message: "Not found", data: z.object({ id: z.number() }) });
 * throw NotFound({ id: 7 });                                // in a method
 * if (isRpcError(error, NotFound)) console.log(error.data.id);   // at the caller
 * ```
 *
 * What goes over the wire is the schema's input; nothing is transformed on the way.
 *
 * @throws TypeError when the code is no integer, the message no string, or the schema no schema or an asynchronous one:
 * `isRpcError` could not wait for it
 * @throws RangeError when the specification reserves the code
 */
export function defineError<const Code extends number, Data extends StandardSchema = never>(
  definition: ErrorDefinition<Code, Data>,
): DeclaredError<Code, [Data] extends [never] ? unknown : InputOf<Data>> {
  const { code, message, data, description } = definition;
  if (!Number.isInteger(code)) throw new TypeError(`expected an integer as the error's code, got ${String(code)}`);
  if (code >= RESERVED_FROM && code <= RESERVED_TO) {
    throw new RangeError(`${code}: the codes from ${RESERVED_FROM} to ${RESERVED_TO} are reserved`);
  }
  if (typeof message !== "string") {
    throw new TypeError(`expected a string as the error's message, got ${typeof message}`);
  }
  if (data !== undefined) checkSchema(data, code);
  const make = (given?: unknown, options?: ErrorOptions) => new RpcError(code, message, given, options);
  return Object.freeze(Object.assign(make, { code, message, data, description })) as never;
}

function checkSchema(schema: unknown, code: number): void {
  if (!isSchema(schema)) throw new TypeError(`expected a schema as the data of error ${code}, got ${typeof schema}`);
  let result: ReturnType<StandardSchema["~standard"]["validate"]>;
  try {
    result = schema["~standard"].validate(undefined);
  } catch {
    return; // It dislikes a value that nobody has sent.
  }
  if (!isLater(result)) return;
  result.catch(() => {});
  throw new TypeError(`the data schema of error ${code} is asynchronous: isRpcError could not wait for it`);
}
