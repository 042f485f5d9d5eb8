import type { ErrorDeclaration } from "../protocol/errors/declared-error.ts";
import type { Params } from "../protocol/message.ts";
import { isLater, isSchema, type StandardSchema } from "../protocol/schema.ts";
import type { DeclaredParams } from "./declared-params.ts";
import type { Parameters } from "./parameters.ts";

/** A call of a method and what comes of it, to show how it is used. */
export interface MethodExample {
  readonly name?: string;
  readonly description?: string;
  readonly params: Params;
  readonly result: unknown;
}

/** What a method says of itself to whoever reads of it. Nothing of it changes what it does. */
export interface Documentation {
  /** One line. */
  readonly summary?: string;
  /** As long as it takes; Markdown. */
  readonly description?: string;
  /** Whether it should not be used any more. Default: it should. */
  readonly deprecated?: boolean;
  /** What it belongs to. */
  readonly tags?: readonly string[];
  readonly examples?: readonly MethodExample[];
}

/** One parameter, as it was declared. */
export interface ParameterDeclaration {
  /** `undefined` where no name was given. */
  readonly name: string | undefined;
  /** Whether it can be left out. Where it has a schema, that is whether the schema takes `undefined`. */
  readonly required: boolean;
  /** Whether it stands for any number of arguments; by name it is an array. */
  readonly rest: boolean;
  /** Of its value, where there is one. */
  readonly schema: StandardSchema | undefined;
}

/** All that was declared of a method: what a document about the service is made from. */
export interface MethodDeclaration extends Documentation {
  /**
   * The parameters in their order. Empty where there is one schema for all of them, or where the method takes one object of
   * any members (`object`).
   */
  readonly params: readonly ParameterDeclaration[];
  /** The schema for all params, where that is how they were declared. */
  readonly paramsSchema: StandardSchema | undefined;
  /** Whether it takes one object, of any members, or nothing. */
  readonly object: boolean;
  /** Of its result, where there is one. */
  readonly result: StandardSchema | undefined;
  /** The errors it says it answers with, beside those any method can. */
  readonly errors: readonly ErrorDeclaration[];
}

/** What of a method's options says something about it. */
export interface Declarations extends Documentation {
  readonly result?: StandardSchema;
  readonly errors?: readonly ErrorDeclaration[];
}

/** @throws TypeError when what was declared cannot be */
export function checkDeclarations({ result, errors, summary, description, tags, examples }: Declarations): void {
  if (result !== undefined && !isSchema(result)) {
    throw new TypeError(`result: expected a schema, got ${typeof result}`);
  }
  checkList("errors", errors, "declared errors, see defineError", (error) => Number.isInteger(error?.code));
  checkList("tags", tags, "strings", (tag) => typeof tag === "string");
  checkList("examples", examples, "objects with params", (example) => typeof example?.params === "object");
  for (const [name, text] of Object.entries({ summary, description })) {
    if (text !== undefined && typeof text !== "string") {
      throw new TypeError(`${name}: expected a string, got ${typeof text}`);
    }
  }
}

function checkList<T>(name: string, list: readonly T[] | undefined, what: string, fits: (one: T) => boolean): void {
  if (list === undefined || (Array.isArray(list) && list.every(fits))) return;
  throw new TypeError(`${name}: expected an array of ${what}`);
}

export function declarationOf(
  { summary, description, deprecated, tags, examples, result, errors = [] }: Declarations,
  declared: DeclaredParams | undefined,
  parameters: Parameters,
): MethodDeclaration {
  return {
    ...(summary !== undefined && { summary }),
    ...(description !== undefined && { description }),
    ...(deprecated !== undefined && { deprecated }),
    ...(tags && { tags }),
    ...(examples && { examples }),
    params: parametersOf(declared, parameters),
    paramsSchema: declared?.kind === "whole" ? declared.schema : undefined,
    object: declared?.kind === "object",
    result,
    errors,
  };
}

function parametersOf(declared: DeclaredParams | undefined, parameters: Parameters): readonly ParameterDeclaration[] {
  if (declared?.kind === "whole" || declared?.kind === "object") return [];
  if (declared?.kind === "schemas") {
    return declared.schemas.map((schema, index) => new CheckedParameter(declared.names?.[index], schema));
  }
  const { names = Array.from<undefined>({ length: parameters.required }), required, rest } = parameters;
  const plain = { rest: false, schema: undefined };
  const listed = names.map((name, index) => ({ ...plain, name, required: index < required }));
  return rest === undefined ? listed : [...listed, { ...plain, name: rest, required: false, rest: true }];
}

class CheckedParameter implements ParameterDeclaration {
  readonly name: string | undefined;
  readonly rest = false;
  readonly schema: StandardSchema;

  constructor(name: string | undefined, schema: StandardSchema) {
    this.name = name;
    this.schema = schema;
  }

  /** Asked for when somebody wants to know: a schema says it only by being tried. */
  get required(): boolean {
    try {
      const verdict = this.schema["~standard"].validate(undefined);
      if (!isLater(verdict)) return Boolean(verdict.issues);
      verdict.catch(() => {});
    } catch {}
    return true;
  }
}
