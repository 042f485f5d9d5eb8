import type { StandardSchema } from "../protocol/schema.ts";
import type { CallContext } from "./context.ts";
import type { MethodFunction, MethodOptions } from "./method.ts";
import type { FunctionFor } from "./method-types.ts";

/** How a handler's method is exported. */
export interface ExportOptions extends MethodOptions {
  /** Its name, to which the handler's namespace is added. Default: the method's own. */
  readonly name?: string;
}

/** One mark: how a method is exported, and the function that stood there when it was marked. */
export interface ExportMark {
  readonly options: ExportOptions;
  readonly marked: MethodFunction;
}

type Marks = Map<string, ExportMark>;

/* Registered, so that a handler marked by one copy of this package can be added to a service of another. */
const marksKey = Symbol.for("tsjason.exports");

type Marked = { [marksKey]?: Marks };

function mark(target: object, property: string, exportMark: ExportMark): void {
  if (!Object.hasOwn(target, marksKey)) Object.defineProperty(target, marksKey, { value: new Map() });
  (target as { [marksKey]: Marks })[marksKey].set(property, exportMark);
}

/** Parameters whose number is all there is to know: none optional, none rest. */
type Countable = readonly [] | readonly [...unknown[], unknown];

type IsContext<T> = 0 extends 1 & T ? false : [T] extends [never] ? false : [T] extends [CallContext] ? true : false;

/**
 * Whether the function can take the context first. Of a function whose parameters the compiler could not infer, as
 * `(context: CallContext, text = "hello") => …` written in place, it is believed.
 */
type TakesContext<F extends MethodFunction> = F extends (context: CallContext, ...args: never[]) => unknown
  ? true
  : number extends Parameters<F>["length"]
    ? [Parameters<F>[number]] extends [never]
      ? true
      : false
    : false;

type UnannouncedContext = { "to get the CallContext, say context: true": never };
type NoContext = { "with context: true, the first parameter is the CallContext": never };
type Uncountable = { "optional and rest parameters are declared: params: ['first', 'second?', '...rest']": never };
type NoSuchOption = { "there is no such option": never };

/**
 * `unknown` where the options say of the function what they must, else a type that no function has, whose name is
 * the message. Of each method this is asked, so it asks no more than it must.
 */
export type Checked<F extends MethodFunction, O> =
  // Whoever says `as never` is believed.
  [F] extends [never]
    ? unknown
    : [keyof O] extends [keyof ExportOptions]
      ? O extends { context: true }
        ? TakesContext<F> extends true
          ? O extends { params: unknown }
            ? unknown
            : Parameters<F> extends Countable
              ? unknown
              : Uncountable
          : NoContext
        : O extends { params: infer P }
          ? // What has schemas has them compared with all of its parameters.
            P extends readonly string[] | "object"
            ? IsContext<Parameters<F>[0]> extends true
              ? UnannouncedContext
              : unknown
            : unknown
          : CheckedAlone<F>
      : NoSuchOption;

/** The same, where the options say nothing of the function. */
type CheckedAlone<F extends MethodFunction> = F extends (...args: infer Args extends Countable) => void
  ? [Args[0]] extends [CallContext]
    ? IsContext<Args[0]> extends true
      ? UnannouncedContext
      : unknown
    : unknown
  : Uncountable;

/** `unknown` where the function fits the schemas among the options, else a type that says which function would. */
export type FitsSchemas<F extends MethodFunction, O> = O extends { params: unknown } | { result: StandardSchema }
  ? F extends FunctionFor<O>
    ? unknown
    : { "expected a method that takes what its schemas give, and returns what its result's takes": FunctionFor<O> }
  : unknown;

/**
 * Public instance methods with names that are strings: the only ones a caller could call. Of `ClassMethodDecoratorContext` only
 * what tells them: the whole of it, made for each method and compared, costs the compiler as much as the rest.
 */
export interface ExportableContext {
  readonly kind: "method";
  readonly name: string;
  readonly static: false;
  readonly private: false;
}

/** The options that the function need not fit. */
type OptionsAside = Exclude<keyof ExportOptions, "context" | "params" | "result">;

/** What `@exportRpc(…)` gives: a decorator for methods as TC39 specifies it. */
export type ExportDecorator<O> = [keyof O] extends [OptionsAside]
  ? <F extends MethodFunction>(method: F, context: ExportableContext & CheckedAlone<F>) => void
  : <F extends MethodFunction>(
      method: F,
      // Checked here: where a method is generic, F could not be inferred from an intersection.
      context: ExportableContext & Checked<F, O> & FitsSchemas<F, O>,
    ) => void;

/**
 * Marks a method of a handler class as one that callers can call. What is not marked is not exported. Subclasses
 * inherit the mark, and a method that overrides a marked one keeps it.
 *
 * ```ts
 * class Example {
 *   @exportRpc()
 *   add(a: number, b: number) { return a + b; }
 *
 *   @exportRpc("echo")
 *   echo2(text: string) { return text; }
 *
 *   @exportRpc({ context: true, params: ["greeting?"] })
 *   whoami({ connection }: CallContext, greeting = "You are") { return `${greeting} ${connection?.peer.address}`; }
 * }
 * ```
 *
 * It counts the parameters of the function it stands on. Where that is another decorator's wrapper, which takes any
 * number of arguments, write `@exportRpc()` below that decorator, or declare `params`.
 *
 * @param options - the exported name, or all options
 * @throws TypeError when it does not stand on a public instance method, or is used as TypeScript's
 * `experimentalDecorators` use decorators
 */
export function exportRpc<const O extends ExportOptions = Record<never, never>>(
  options?: string | O,
): ExportDecorator<O> {
  if (typeof options === "function") throw new TypeError("write @exportRpc(), with the parentheses");
  const exportOptions = toOptions(options);
  return (method: MethodFunction, context: unknown) => {
    const { kind, name, isStatic, isPrivate, addInitializer } = readContext(context);
    const what = isPrivate ? `private ${kind}` : isStatic ? `static ${kind}` : kind;
    if (what !== "method" || typeof method !== "function") {
      throw new TypeError(`@exportRpc() goes on public methods, not on the ${what} ${String(name)}`);
    }
    if (typeof name !== "string") {
      throw new TypeError(`@exportRpc() cannot export ${String(name)}: a method's name is a string`);
    }
    // On the instance, not on the function: another decorator may put a wrapper in the function's place.
    addInitializer(function () {
      mark(this, name, { options: exportOptions, marked: method });
    });
  };
}

function readContext(context: unknown) {
  if (typeof context !== "object" || context === null || !("addInitializer" in context)) {
    throw new TypeError(
      "@exportRpc() is a standard decorator: compile without experimentalDecorators, or mark methods with exportMethods()",
    );
  }
  const given = context as ClassMethodDecoratorContext<object>;
  return {
    kind: given.kind as string,
    name: given.name,
    isStatic: given.static,
    isPrivate: given.private,
    addInitializer: given.addInitializer,
  };
}

function toOptions(options: string | ExportOptions | undefined): ExportOptions {
  const given = typeof options === "string" ? { name: options } : (options ?? {});
  if (typeof given !== "object") throw new TypeError(`expected a name or options, got ${typeof given}`);
  if (given.name !== undefined && (typeof given.name !== "string" || given.name === "")) {
    throw new TypeError(`expected a name to export a method by, got ${JSON.stringify(given.name)}`);
  }
  return given;
}

type MethodsOf<Target> = Target extends abstract new (...args: never[]) => infer Instance ? Instance : Target;

type AllFit<Methods, Options> = {
  readonly [Property in keyof Options]: Property extends keyof Methods
    ? Methods[Property] extends MethodFunction
      ? FitsSchemas<Methods[Property], Options[Property]>
      : unknown
    : unknown;
};

/**
 * Marks methods without a decorator, for plain JavaScript.
 *
 * ```js
 * class Example { echo(text) { return text; } sub(a, b) { return a - b; } }
 * exportMethods(Example, { echo: true, sub: { name: "subtract", params: ["minuend", "subtrahend"] } });
 * ```
 *
 * @param target - a class, or an object that is a handler itself
 * @param methods - what to export: `true` for a method as it is, its exported name, or all options
 * @throws TypeError when there is no such method
 */
export function exportMethods<
  Target extends object,
  const Options extends { readonly [property: string]: true | string | ExportOptions },
>(target: Target, methods: Options & AllFit<MethodsOf<Target>, Options>): void {
  const owner: unknown = typeof target === "function" ? (target as { readonly prototype?: unknown }).prototype : target;
  if (typeof owner !== "object" || owner === null) throw new TypeError("expected a class or an object");
  const given: { readonly [property: string]: true | string | ExportOptions } = methods;
  const marks = Object.entries(given).map(([property, options]): [string, ExportMark] => {
    const fn = (owner as Record<string, unknown>)[property];
    if (typeof fn !== "function" || isEveryObjects(property, fn)) {
      throw new TypeError(`there is no method ${property} to export`);
    }
    const exportOptions = toOptions(options === true ? undefined : options);
    return [property, { options: exportOptions, marked: fn as MethodFunction }];
  });
  for (const [property, exportMark] of marks) mark(owner, property, exportMark);
}

/** Whether it is what any object has, and no method of the handler's: its class, or a method of `Object.prototype`. */
function isEveryObjects(property: string, fn: unknown): boolean {
  return property === "constructor" || fn === (Object.prototype as unknown as Record<string, unknown>)[property];
}

/** The marks of a handler, its own and inherited ones, by property. The mark nearest to the handler counts. */
export function exportMarks(handler: object): ReadonlyMap<string, ExportMark> {
  const found: Marks = new Map();
  for (let at: object | null = handler; at !== null; at = Object.getPrototypeOf(at)) {
    if (!Object.hasOwn(at, marksKey)) continue;
    for (const [property, exportMark] of (at as Required<Marked>)[marksKey]) {
      if (!found.has(property)) found.set(property, exportMark);
    }
  }
  return found;
}
