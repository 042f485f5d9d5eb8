import type { Checked } from "./export-rpc.ts";
import type { MethodFunction, MethodOptions } from "./method.ts";
import type { FunctionFor, RemoteBy } from "./method-types.ts";
import type { AnyOptions, FitFunction, FitOptions, OptionHints } from "./option-types.ts";
import type { Prefix } from "./remote-method.ts";

/* Methods as values: contract, implementation and source of the callers' types in one object. */

/* Registered, so that the methods of one copy of this package can be added to a service of another. */
const brand = Symbol.for("tsjason.method");

/** What is agreed on of a method: its options, and the types that follow from them. Made by {@link method}. */
export interface MethodContract<O = MethodOptions> {
  readonly options: O;
}

/** A method with its function. Made by {@link method}. */
export interface MethodDefinition<O = MethodOptions, F extends MethodFunction = MethodFunction>
  extends MethodContract<O> {
  readonly fn: F;
}

/** Methods by name; an object among them is a namespace of its own. */
export interface Methods {
  readonly [name: string]: MethodDefinition | Methods;
}

/** The same without functions. */
export interface Contract {
  readonly [name: string]: MethodContract | Contract;
}

/**
 * A method as a value, for `service.addMethods`, and for {@link ApiOf}, which makes the callers' types of it.
 *
 * ```ts
 * const math = {
 *   add: method({ params: [z.number(), z.number()], result: z.number() }, (a, b) => a + b),
 *   subtract: method({ params: [{ minuend: z.number() }, { subtrahend: z.number() }] }, (a, b) => a - b),
 *   now: method(() => Date.now()),
 * };
 * service.addMethods(math, { namespace: "math" });
 * type Api = ApiOf<typeof math, "math">;
 * ```
 *
 * Without a function it is a contract, which callers can share: see {@link implement}.
 *
 * @param options - as for `service.addMethod`
 * @param fn - gets what the schemas give, and returns what the result's schema takes; the compiler holds both
 * @throws TypeError when it is given no options and no function
 */
export function method<const O extends OptionHints, F extends FunctionFor<O>>(
  options: (O | AnyOptions) & FitOptions<O> & FitFunction<F, O>,
  fn: F,
): MethodDefinition<O, F>;
// One form for both, since of two the compiler would try each with the schemas of each contract.
export function method<const T extends OptionHints | MethodFunction>(
  optionsOrFunction: (T | AnyOptions) & FitAlone<T>,
): MethodAlone<T>;
export function method(first: MethodOptions | MethodFunction, second?: MethodFunction): MethodContract {
  if (typeof first === "function") return defined({}, first);
  if (typeof first !== "object" || first === null) throw new TypeError(`expected options, got ${typeof first}`);
  return second === undefined ? branded({ options: first }) : defined(first, second);
}

type FitAlone<T> = [T] extends [MethodFunction] ? Checked<T, Record<never, never>> : FitOptions<T>;

/** What {@link method} makes of a function alone, or of options alone. */
export type MethodAlone<T> = [T] extends [MethodFunction]
  ? MethodDefinition<Record<never, never>, T>
  : MethodContract<T>;

/** The functions that a contract wants, by name. */
export type Implementation<C> = {
  readonly [Name in keyof C]: C[Name] extends MethodContract<infer O> ? FunctionFor<O> : Implementation<C[Name]>;
};

/** A contract with its functions. */
export type Implemented<C> = {
  readonly [Name in keyof C]: C[Name] extends MethodContract<infer O>
    ? MethodDefinition<O, FunctionFor<O>>
    : Implemented<C[Name]>;
};

/**
 * Gives a contract its functions.
 *
 * ```ts
 * export const contract = { add: method({ params: [z.number(), z.number()], result: z.number() }) };   // shared
 * service.addMethods(implement(contract, { add: (a, b) => a + b }));
 * ```
 *
 * @throws TypeError when a function is missing, or is there without being agreed on
 */
export function implement<C extends object>(contract: C, functions: Implementation<C>): Implemented<C> {
  return implemented(contract, functions, []) as Implemented<C>;
}

function implemented(contract: object, functions: object, path: readonly string[]): object {
  if (typeof functions !== "object" || functions === null) {
    throw new TypeError(`${path.join(".")}: expected an object of functions, got ${typeof functions}`);
  }
  for (const name of Object.keys(functions)) {
    if (!Object.hasOwn(contract, name)) throw new TypeError(`${[...path, name].join(".")} is not in the contract`);
  }
  const entries = Object.entries(contract).map(([name, agreed]: [string, unknown]): [string, unknown] => {
    const at = [...path, name];
    const given = Object.hasOwn(functions, name) ? (functions as Record<string, unknown>)[name] : undefined;
    if (isContract(agreed)) return [name, defined(agreed.options, given, at)];
    if (typeof agreed !== "object" || agreed === null) throw new TypeError(`${at.join(".")} is no contract`);
    return [name, implemented(agreed, given as object, at)];
  });
  return Object.fromEntries(entries);
}

function defined(options: MethodOptions, fn: unknown, path: readonly string[] = []): MethodDefinition {
  if (typeof fn !== "function") {
    const where = path.length === 0 ? "" : ` as ${path.join(".")}`;
    throw new TypeError(`expected a function${where}, got ${typeof fn}`);
  }
  return branded({ options, fn: fn as MethodFunction });
}

function branded<T extends MethodContract>(contract: T): T {
  return Object.freeze(Object.defineProperty(contract, brand, { value: true }));
}

function isContract(value: unknown): value is MethodContract & { readonly fn?: MethodFunction } {
  return typeof value === "object" && value !== null && (value as { [brand]?: unknown })[brand] === true;
}

/**
 * Methods by their whole names.
 *
 * @throws TypeError when something among them is no method with a function, nor an object of such
 */
export function flattened(
  methods: unknown,
  prefix: readonly string[],
  separator: string,
): [name: string, definition: MethodDefinition][] {
  if (typeof methods !== "object" || methods === null || Array.isArray(methods)) {
    throw new TypeError(
      `${prefix.join(separator) || "methods"}: expected an object of methods, got ${kindOf(methods)}`,
    );
  }
  return Object.entries(methods).flatMap(([name, value]: [string, unknown]) => {
    const path = [...prefix, name];
    if (!isContract(value)) return flattened(value, path, separator);
    if (value.fn === undefined) throw new TypeError(`${path.join(separator)} has no function: see implement()`);
    return [[path.join(separator), value as MethodDefinition]];
  });
}

function kindOf(value: unknown): string {
  if (typeof value === "function") return "a function: wrap it in method()";
  return Array.isArray(value) ? "an array" : String(value === null ? null : typeof value);
}

type UnionToIntersection<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never;

type EntryOf<D> =
  D extends MethodDefinition<infer O, infer F>
    ? RemoteBy<O, F>
    : D extends MethodContract<infer O>
      ? RemoteBy<O, FunctionFor<O>>
      : never;

type NamespacesIn<M> = { [Name in keyof M]: M[Name] extends MethodContract<unknown> ? never : Name }[keyof M] & string;

type Flat<M, Start extends string> = {
  [Name in keyof M & string as M[Name] extends MethodContract<unknown> ? `${Start}${Name}` : never]: EntryOf<M[Name]>;
};

type Nested<M, Names extends keyof M & string, Start extends string, Separator extends string> = UnionToIntersection<
  { [Name in Names]: ApiUnder<M[Name], `${Start}${Name}${Separator}`, Separator> }[Names]
>;

/** Where there are no namespaces, which one look at all of it tells, no name is asked whether it is one. */
type ApiUnder<M, Start extends string, Separator extends string> = [M] extends [
  { readonly [name: string]: MethodContract<unknown> },
]
  ? { [Name in keyof M & string as `${Start}${Name}`]: EntryOf<M[Name]> }
  : Flat<M, Start> & Nested<M, NamespacesIn<M>, Start, Separator>;

/**
 * The Api of methods made by {@link method}, or of a contract, for `Client<Api>`.
 *
 * ```ts
 * const client = new Client<ApiOf<typeof math, "math">>("tcp://127.0.0.1:7080");
 * ```
 *
 * @typeParam M - `typeof` the object of methods
 * @typeParam Namespace - the namespace it is added under; `""` for none
 * @typeParam Separator - what stands between the parts of a name
 */
export type ApiOf<M, Namespace extends string = "", Separator extends string = "."> = ApiUnder<
  M,
  Prefix<Namespace, Separator>,
  Separator
>;
