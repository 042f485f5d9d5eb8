import type { ErrorObject } from "../protocol/error-object.ts";
import { timeoutOf } from "../time/clock.ts";
import type { CallContext } from "./context.ts";
import { Parameters } from "./parameters.ts";

/** How a method is called; the same in `@exportRpc`, `exportMethods` and `addMethod`. */
export interface MethodOptions {
  /**
   * The parameters by name: `["minuend", "subtrahend"]`, `["path", "encoding?"]`, `["...values"]`.
   *
   * With it, params by name reach the method as its arguments. It is needed where a parameter is optional or a rest
   * parameter, since a function's length does not tell. Without it, the method takes as many arguments as the
   * function has parameters, and params by name reach it as one object. The context is not among them.
   */
  readonly params?: readonly string[];
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
  readonly wantsContext: boolean;
  /** Milliseconds, Infinity for none, `undefined` for the service's. */
  readonly timeout: number | undefined;
  readonly #fn: Callable;
  readonly #self: unknown;

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
    this.wantsContext = options.context === true;
    this.parameters = options.params
      ? Parameters.declared(options.params)
      : Parameters.counted(Math.max(length - (this.wantsContext ? 1 : 0), 0));
    this.timeout = options.timeout === undefined ? undefined : timeoutOf(options.timeout);
    this.#fn = fn as Callable;
    this.#self = self;
  }

  /** Whether it lies under a namespace: `main.echo` under `main`. */
  isUnder(namespace: string): boolean {
    return this.name.startsWith(namespace + this.separator);
  }

  /** Learns from an answer. */
  answered(length: number): void {
    this.answerLength = Math.max(length, this.answerLength - (this.answerLength >> 3));
  }

  invoke(args: readonly unknown[]): unknown {
    return this.#fn.apply(this.#self, args as unknown[]);
  }

  invokeWith(context: CallContext, args: readonly unknown[]): unknown {
    return this.#fn.call(this.#self, context, ...args);
  }
}
