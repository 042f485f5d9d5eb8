import type { NamedParams } from "../protocol/message.ts";
import type { InputOf, OutputOf, TypedSchema } from "../protocol/schema.ts";
import type { CallContext } from "./context.ts";
import type {
  AnyFunction,
  ErrorOf,
  ErrorsIn,
  MethodFacts,
  NamedBy,
  RemoteMethod,
  RemoteParameters,
  Simplify,
} from "./remote-method.ts";

/* What the options of a method say to the types: of the function behind it, and of its callers. */

type Shape = { readonly [name: string]: TypedSchema };

/** The schema of `{ minuend: schema }`. */
type SchemaIn<Named> = Extract<Named[keyof Named], TypedSchema>;

/** `[{ a: A }, { b: B }]` as `{ a: A; b: B }`. */
type Merged<List extends readonly Shape[]> = { [One in List[number] as keyof One]: SchemaIn<One> };

type Inputs<List extends readonly TypedSchema[]> = { -readonly [Index in keyof List]: InputOf<List[Index]> };
type NamedInputs<List extends readonly Shape[]> = {
  -readonly [Index in keyof List]: InputOf<SchemaIn<List[Index]>>;
};
/** Of a list of schemas, with names or without. */
type Outputs<List extends readonly unknown[]> = { -readonly [Index in keyof List]: OutputIn<List[Index]> };
type OutputIn<One> = One extends TypedSchema ? OutputOf<One> : One extends Shape ? OutputOf<One[keyof One]> : never;

type OutputObject<S extends Shape> = Simplify<
  { readonly [Name in keyof S as undefined extends OutputOf<S[Name]> ? never : Name]: OutputOf<S[Name]> } & {
    readonly [Name in keyof S as undefined extends OutputOf<S[Name]> ? Name : never]?: OutputOf<S[Name]>;
  }
>;

type InputObject<S extends Shape> = Simplify<
  { readonly [Name in keyof S as undefined extends InputOf<S[Name]> ? never : Name]: InputOf<S[Name]> } & {
    readonly [Name in keyof S as undefined extends InputOf<S[Name]> ? Name : never]?: InputOf<S[Name]>;
  }
>;

/** A tuple is the arguments; anything else is the one argument. */
type Spread<Params> = Params extends readonly unknown[] ? Params : [Params];

/** What the function gets, the context aside. `never` lets any parameter through: what has no schema is believed. */
type FunctionArguments<P> = P extends readonly unknown[]
  ? P extends readonly string[]
    ? never[]
    : Outputs<P>
  : P extends TypedSchema
    ? Spread<OutputOf<P>>
    : P extends "object"
      ? [params: never]
      : P extends Shape
        ? [params: OutputObject<P>]
        : never[];

type ArgumentsBy<O> = O extends { readonly params: infer P } ? FunctionArguments<P> : never[];

type ReturnBy<O> = O extends { readonly result: TypedSchema } ? NowOrLater<InputOf<O["result"]>> : unknown;

type NowOrLater<T> = T | PromiseLike<T>;

/** The functions that fit a method's options: they take what its schemas give, and return what its result's takes. */
export type FunctionFor<O> = O extends { readonly context: true }
  ? (context: CallContext, ...args: ArgumentsBy<O>) => ReturnBy<O>
  : (...args: ArgumentsBy<O>) => ReturnBy<O>;

/** What can be left out at the end is optional. */
type OptionalAtEnd<Args extends readonly unknown[]> = Args extends readonly [...infer Before, infer Last]
  ? undefined extends Last
    ? [...OptionalAtEnd<Before>, Last?]
    : Args
  : Args;

/** An array in a schema's input is by position, an object by name. */
type ArrayIn<Input> = Input extends readonly unknown[] ? Input : never;
type ObjectIn<Input> = Input extends readonly unknown[] | undefined | null ? never : Input;

/** The entry of an Api for a method that can be called only by name. With no arguments where it can do without params. */
type ByNameOnly<Named, Result, Errors, Optional = false> = Optional extends true
  ? ((params?: Named) => Result) & MethodFacts<[], Named, Errors>
  : ((params: Named) => Result) & MethodFacts<never, Named, Errors>;

type ByBoth<Args extends readonly unknown[], Named, Result, Errors> = ((...args: Args) => Result) &
  MethodFacts<Args, Named, Errors>;

type WholeEntry<Input, Result, Errors> = [ArrayIn<Input>] extends [never]
  ? ByNameOnly<ObjectIn<Input>, Result, Errors, undefined extends Input ? true : false>
  : ByBoth<undefined extends Input ? ArrayIn<Input> | [] : ArrayIn<Input>, ObjectIn<Input>, Result, Errors>;

type Entry<P, F extends AnyFunction, Result, Errors> = P extends TypedSchema
  ? WholeEntry<InputOf<P>, Result, Errors>
  : P extends readonly string[]
    ? ByBoth<RemoteParameters<F>, NamedBy<P, RemoteParameters<F>>, Result, Errors>
    : P extends readonly TypedSchema[]
      ? ByBoth<OptionalAtEnd<Inputs<P>>, OneByName<P>, Result, Errors>
      : P extends readonly Shape[]
        ? ByBoth<OptionalAtEnd<NamedInputs<P>>, InputObject<Merged<P>>, Result, Errors>
        : P extends "object"
          ? ObjectEntry<RemoteParameters<F>, Result, Errors>
          : P extends Shape
            ? ByNameOnly<InputObject<P>, Result, Errors>
            : ByBoth<RemoteParameters<F>, NamedParams, Result, Errors>;

/** What the function says of the object is believed, as of any argument without a schema. */
type ObjectEntry<Args extends readonly unknown[], Result, Errors> = [Args[0]] extends [never]
  ? ByNameOnly<NamedParams, Result, Errors, true>
  : Args extends readonly []
    ? ByNameOnly<NamedParams, Result, Errors, true>
    : ByNameOnly<NonNullable<Args[0]>, Result, Errors, undefined extends Args[0] ? true : false>;

/** One object by name is the one argument. */
type OneByName<P extends readonly TypedSchema[]> = P extends readonly [infer Only extends TypedSchema]
  ? Extract<ObjectIn<InputOf<Only>>, object>
  : never;

type CallerResult<O, F extends AnyFunction> = O extends { readonly result: infer R extends TypedSchema }
  ? OutputOf<R>
  : ReturnType<F>;

/** A method's entry in an Api, by its options and its function. */
export type RemoteBy<O, F extends AnyFunction> = O extends { readonly params: infer P }
  ? Entry<P, F, CallerResult<O, F>, ErrorOf<ErrorsIn<O>>>
  : O extends { readonly result: TypedSchema } | { readonly errors: readonly unknown[] }
    ? ByBoth<RemoteParameters<F>, NamedParams, CallerResult<O, F>, ErrorOf<ErrorsIn<O>>>
    : RemoteMethod<F>;
