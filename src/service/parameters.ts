import type { Params } from "../protocol/message.ts";
import { shortened } from "./issues.ts";

/* Of a name that the caller has made up, what is told back to it. */
const MAX_NAME_LENGTH = 200;

/**
 * What arguments a method takes: how many, and by which names. It turns params into arguments, or says why they do
 * not fit.
 */
export class Parameters {
  readonly #names: readonly string[] | undefined;
  readonly #rest: string | undefined;
  readonly #required: number;
  readonly #max: number;
  /** Whether params, as they are, are the one argument. */
  readonly #whole: boolean;

  private constructor(
    names: readonly string[] | undefined,
    rest: string | undefined,
    required: number,
    max: number,
    whole = false,
  ) {
    this.#names = names;
    this.#rest = rest;
    this.#required = required;
    this.#max = max;
    this.#whole = whole;
  }

  /** As many as the function has: neither fewer nor more. */
  static counted(length: number): Parameters {
    return new Parameters(undefined, undefined, length, length);
  }

  /**
   * As declared: `"name"`, `"optional?"`, and `"...rest"` at the end.
   *
   * @throws TypeError when a name is missing or given twice, a required one follows an optional one, or something
   * follows the rest
   */
  static declared(declarations: readonly string[]): Parameters {
    const names: string[] = [];
    let rest: string | undefined;
    let required = 0;
    const refuse = (why: string) => new TypeError(`params ${JSON.stringify(declarations)}: ${why}`);
    for (const declaration of declarations) {
      const optional = declaration.endsWith("?");
      const variadic = declaration.startsWith("...");
      const name = declaration.slice(variadic ? 3 : 0, optional ? -1 : undefined);
      if (name === "" || (optional && variadic)) throw refuse(`${JSON.stringify(declaration)} names no parameter`);
      if (rest !== undefined) throw refuse(`nothing can follow ...${rest}`);
      if (names.includes(name)) throw refuse(`${name} is there twice`);
      if (variadic) {
        rest = name;
        continue;
      }
      if (!optional && required < names.length)
        throw refuse(`${name} is required, but what comes before it is optional`);
      names.push(name);
      if (!optional) required++;
    }
    return new Parameters(names, rest, required, rest === undefined ? names.length : Number.POSITIVE_INFINITY);
  }

  /** So many at most, each with a schema, which says itself whether it can do without a value. */
  static checked(count: number, names: readonly string[] | undefined): Parameters {
    return new Parameters(names, undefined, 0, count);
  }

  /** One argument: the params as they are, which a schema looks at. */
  static whole(): Parameters {
    return new Parameters(undefined, undefined, 0, Number.POSITIVE_INFINITY, true);
  }

  /** One argument: the object of the params by name, or `undefined` where there are none. */
  static object(): Parameters {
    return new Parameters(undefined, undefined, 0, 0, true);
  }

  /** The names, where they were declared. */
  get names(): readonly string[] | undefined {
    return this.#names;
  }

  /** The name of the rest parameter, where one was declared. */
  get rest(): string | undefined {
    return this.#rest;
  }

  /** How many arguments it takes at least. */
  get required(): number {
    return this.#required;
  }

  /** Why the params do not fit, in words for the caller; `undefined` when they do. */
  misfit(params: Params | undefined): string | undefined {
    if (params === undefined) return this.#required === 0 ? undefined : this.#miscount(0);
    if (Array.isArray(params)) {
      const count = params.length;
      return count < this.#required || count > this.#max ? this.#miscount(count) : undefined;
    }
    if (typeof params !== "object" || params === null) return "expected an array or an object";
    return this.#misfitByName(params as { readonly [name: string]: unknown });
  }

  /** The arguments for params that fit. */
  toArguments(params: Params | undefined): readonly unknown[] {
    if (this.#whole) return [this.#max === 0 && Array.isArray(params) ? undefined : params];
    if (params === undefined) return [];
    if (Array.isArray(params)) return params;
    const byName = params as { readonly [name: string]: unknown };
    if (!this.#names) return this.#max === 0 ? [] : [byName];
    const given = this.#names.map((name) => (Object.hasOwn(byName, name) ? byName[name] : undefined));
    if (this.#rest !== undefined && Object.hasOwn(byName, this.#rest)) {
      return [...given, ...(byName[this.#rest] as readonly unknown[])];
    }
    return given;
  }

  #miscount(count: number): string {
    if (this.#whole) return "expected params by name";
    const plural = (n: number) => (n === 1 ? "1 argument" : `${n} arguments`);
    if (this.#max === this.#required) return `expected ${plural(this.#required)}, got ${count}`;
    if (this.#max === Number.POSITIVE_INFINITY) return `expected at least ${plural(this.#required)}, got ${count}`;
    return `expected ${this.#required} to ${plural(this.#max)}, got ${count}`;
  }

  #misfitByName(params: { readonly [name: string]: unknown }): string | undefined {
    const names = this.#names;
    if (this.#whole) return undefined;
    if (!names) {
      // One object is one argument; no members at all fit a method without parameters.
      if (this.#max === 1) return undefined;
      if (this.#max === 0 && Object.keys(params).length === 0) return undefined;
      return "expected params by position";
    }
    for (let i = 0; i < this.#required; i++) {
      const name = names[i] as string;
      if (!Object.hasOwn(params, name)) return `${name} is missing`;
    }
    for (const name of Object.keys(params)) {
      if (name === this.#rest) {
        if (!Array.isArray(params[name])) return `expected an array as ${name}`;
      } else if (!names.includes(name)) return `there is no parameter ${shortened(name, MAX_NAME_LENGTH)}`;
    }
    return undefined;
  }
}
