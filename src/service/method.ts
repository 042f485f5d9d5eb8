import type { ErrorObject } from "../protocol/error-object.ts";
import type { ErrorDeclaration } from "../protocol/errors/declared-error.ts";
import type { Params } from "../protocol/message.ts";
import type { StandardSchema } from "../protocol/schema.ts";
import { timeoutOf } from "../time/clock.ts";
import type { CallContext, HandlerContext } from "./context.ts";
import { checkDeclarations, type Documentation, declarationOf, type MethodDeclaration } from "./declaration.ts";
import { type DeclaredParams, type ParamsDeclaration, readParams } from "./declared-params.ts";
import { LateCall } from "./late-call.ts";
import { Parameters } from "./parameters.ts";
import { CheckEach, CheckWhole, type ParamsCheck, ResultCheck } from "./validation.ts";

/** How a method is called, and what is said of it; the same in `@exportRpc`, `exportMethods`, `addMethod` and `method`. */
export interface MethodOptions extends Documentation {
  /**
   * The parameters, in one of these ways. The context is not among them. Without any, the method takes as many arguments
   * as the function has parameters, and params by name reach it as one object.
   *
   * - Names: `["minuend", "subtrahend"]`, `["path", "encoding?"]`, `["...values"]`. Params by name reach the method as its
   *   arguments. Needed where a parameter is optional or a rest parameter, since a function's length does not tell.
   * - Schemas, one an argument: `[z.number(), z.number()]`. By position only, unless there is but one.
   * - Names and schemas: `[{ minuend: z.number() }, { subtrahend: z.number() }]`. By position or by name, as arguments.
   * - An object of schemas: `{ minuend: z.number(), subtrahend: z.number() }`. By name, or by position in that order; the
   *   method gets one object.
   * - One schema for all params: what it gives is the arguments where it is an array, and else the one argument. Params that
   *   name nothing are shown to it as they are, then as the others of `undefined`, `{}` and `[]`, until it accepts one.
   * - `"object"`: by name with any members; the method gets the object, or `undefined` where there are no params.
   *
   * What has a schema reaches the method as the schema gives it; what does not fit is answered with -32602 and the issues.
   * Params that were left out are `undefined` to their schemas.
   */
  readonly params?: ParamsDeclaration;
  /** What the result must fit. What the schema gives goes out; a result that does not fit is answered with -32603. */
  readonly result?: StandardSchema;
  /** The errors it answers with, beside those any method can; see `defineError`. It may throw others. */
  readonly errors?: readonly ErrorDeclaration[];
  /** Whether the function gets the {@link CallContext} as its first argument. Default: it does not. */
  readonly context?: boolean;
  /** Milliseconds the method has for its answer, 0 for no end. Default: the service's `timeout`. */
  readonly timeout?: number;
}

/** A function that can be a method. */
export type MethodFunction = (...args: never[]) => unknown;

type Callable = (this: unknown, ...args: unknown[]) => unknown;

/** One entry of the service's table. */
export class Method {
  readonly name: string;
  /** What stands between the parts of its name. */
  readonly separator: string;
  readonly parameters: Parameters;
  /** Whether its function is to be given the context. */
  readonly wantsContext: boolean;
  /** Whether it has schemas, which may need time. */
  readonly isChecked: boolean;
  /** Milliseconds, Infinity for none, `undefined` for the service's. */
  readonly timeout: number | undefined;
  readonly #fn: Callable;
  readonly #self: unknown;
  readonly #options: MethodOptions;
  readonly #declared: DeclaredParams | undefined;
  readonly #checks: Checks | undefined;
  readonly #isPlain: boolean;

  /** How many of its calls are in flight. */
  inFlight = 0;
  /** How long the answers of its calls that took time are, in characters: the longest, and less with each shorter one. */
  answerLength = 0;
  /** What it answers while it is not served. */
  refusal: ErrorObject | undefined;

  /**
   * @param self - what the function gets as `this`
   * @param length - how many arguments the function takes, where nothing is declared
   */
  constructor(
    name: string,
    fn: MethodFunction,
    options: MethodOptions = {},
    { self, separator = ".", length = fn.length }: { self?: unknown; separator?: string; length?: number } = {},
  ) {
    this.name = name;
    this.separator = separator;
    checkDeclarations(options);
    this.wantsContext = options.context === true;
    this.#options = options;
    this.#declared = options.params === undefined ? undefined : readParams(options.params);
    this.#checks = checksOf(this.#declared, options.result);
    this.isChecked = this.#checks !== undefined;
    this.#isPlain = !this.isChecked && !this.wantsContext;
    this.parameters = parametersOf(this.#declared, Math.max(length - (this.wantsContext ? 1 : 0), 0));
    this.timeout = options.timeout === undefined ? undefined : timeoutOf(options.timeout);
    this.#fn = fn as Callable;
    this.#self = self;
  }

  /** All that was declared of it. */
  get declaration(): MethodDeclaration {
    return declarationOf(this.#options, this.#declared, this.parameters);
  }

  /** Whether it lies under a namespace: `main.echo` under `main`. */
  isUnder(namespace: string): boolean {
    return this.name.startsWith(namespace + this.separator);
  }

  /** Learns from an answer. */
  answered(length: number): void {
    this.answerLength = Math.max(length, this.answerLength - (this.answerLength >> 3));
  }

  /**
   * Calls it with params that fit. The context is there if it wants one.
   *
   * @returns what its function does, or, where it has schemas, a promise if one of them needs time; a {@link LateCall} if
   * that is one for the params, and there is no context
   */
  call(params: Params | undefined, context: HandlerContext | undefined): unknown {
    const args = this.parameters.toArguments(params);
    if (this.#isPlain) return this.#fn.apply(this.#self, args as unknown[]);
    return this.#checks ? this.#callChecked(this.#checks, context, args) : this.#callFunction(context, args);
  }

  #callChecked(checks: Checks, context: HandlerContext | undefined, args: readonly unknown[]): unknown {
    const checked = checks.params ? checks.params.check(args) : args;
    if (!(checked instanceof Promise)) return this.#callWithChecked(checks, context, checked);
    if (context) return this.#callLater(checks, context, checked);
    return new LateCall((later) => this.#callLater(checks, later, checked));
  }

  async #callLater(checks: Checks, context: HandlerContext, checked: Promise<readonly unknown[]>): Promise<unknown> {
    const args = await checked;
    // Timed out, cancelled, or nobody there any more: nothing waits for it, and who stopped the service relies on that.
    return context.over ? undefined : this.#callWithChecked(checks, context, args);
  }

  #callWithChecked(checks: Checks, context: CallContext | undefined, args: readonly unknown[]): unknown {
    const result = this.#callFunction(context, args);
    return checks.result ? checks.result.check(result) : result;
  }

  #callFunction(context: CallContext | undefined, args: readonly unknown[]): unknown {
    const fn = this.#fn;
    const self = this.#self;
    if (!this.wantsContext) return fn.apply(self, args as unknown[]);
    // To spread what stands behind another argument costs a fiftieth of a call, and so does `call` against `apply`.
    switch (args.length) {
      case 0:
        return fn.apply(self, [context]);
      case 1:
        return fn.apply(self, [context, args[0]]);
      case 2:
        return fn.apply(self, [context, args[0], args[1]]);
      default:
        return fn.apply(self, [context, ...args]);
    }
  }
}

/** What is checked of a method, where anything is. */
interface Checks {
  readonly params: ParamsCheck | undefined;
  readonly result: ResultCheck | undefined;
}

function checksOf(declared: DeclaredParams | undefined, result: StandardSchema | undefined): Checks | undefined {
  const params = paramsCheckOf(declared);
  if (!params && !result) return undefined;
  return { params, result: result && new ResultCheck(result) };
}

function paramsCheckOf(declared: DeclaredParams | undefined): ParamsCheck | undefined {
  if (declared?.kind === "schemas") return new CheckEach(declared.schemas, declared.names, declared.asObject);
  return declared?.kind === "whole" ? new CheckWhole(declared.schema) : undefined;
}

/** @param length - how many arguments the function takes, where nothing is declared */
function parametersOf(declared: DeclaredParams | undefined, length: number): Parameters {
  switch (declared?.kind) {
    case "names":
      return Parameters.declared(declared.names);
    case "schemas":
      return Parameters.checked(declared.schemas.length, declared.names);
    case "whole":
      return Parameters.whole();
    case "object":
      return Parameters.object();
    default:
      return Parameters.counted(length);
  }
}
