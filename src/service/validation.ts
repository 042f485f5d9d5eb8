import { InvalidParamsError } from "../protocol/errors/invalid-params-error.ts";
import { isLater, type SchemaIssue, type SchemaResult, type StandardSchema } from "../protocol/schema.ts";
import { ContractError } from "./contract-error.ts";
import { InvalidResultError } from "./invalid-result-error.ts";
import { Issues } from "./issues.ts";
import { isThenable } from "./thenable.ts";

type Standard = StandardSchema["~standard"];
type Verdict = SchemaResult<unknown>;
type Pending = Verdict | Promise<Verdict>;
type Arguments = readonly unknown[];

/** Makes arguments of params by their schemas. */
export interface ParamsCheck {
  /**
   * @returns the arguments, as a promise only if a schema needs time
   * @throws InvalidParamsError, or a rejection with it, when they do not fit
   * @throws ContractError, or a rejection with it, when a schema throws
   */
  check(args: Arguments): Arguments | Promise<Arguments>;
}

/** One schema a parameter. */
export class CheckEach implements ParamsCheck {
  readonly #standards: readonly Standard[];
  readonly #names: readonly string[] | undefined;
  readonly #asObject: boolean;

  /** @param asObject - whether the method gets them as the members of one object */
  constructor(schemas: readonly StandardSchema[], names: readonly string[] | undefined, asObject: boolean) {
    this.#standards = schemas.map((schema) => schema["~standard"]);
    this.#names = names;
    this.#asObject = asObject;
  }

  /* All at once where each schema answers at once and accepts; what else there may be takes its time elsewhere. */
  check(args: Arguments): Arguments | Promise<Arguments> {
    const standards = this.#standards;
    // A list of its own only where a schema gives back something else than it got: most do not.
    let values: unknown[] | undefined = args.length === standards.length ? undefined : [];
    for (let i = 0; i < standards.length; i++) {
      // What was left out as undefined: only a schema knows whether that will do.
      const verdict = attempt(standards[i] as Standard, args[i]);
      if (isLater(verdict) || flawsOf(verdict)) return this.#checkRest(args, values ?? args.slice(0, i), verdict);
      const value = outputOf(verdict);
      if (!values && value !== args[i]) values = args.slice(0, i);
      values?.push(value);
    }
    return this.#give(values ?? args);
  }

  /** Goes on from where the verdict is another: the issues of all of them are told, and those that need time get it together. */
  #checkRest(args: Arguments, accepted: Arguments, other: Pending): Arguments | Promise<Arguments> {
    const verdicts: Pending[] = [...accepted.map((value) => ({ value })), other];
    try {
      for (let i = verdicts.length; i < this.#standards.length; i++) {
        verdicts.push(attempt(this.#standards[i] as Standard, args[i]));
      }
    } catch (error) {
      for (const verdict of verdicts) if (isLater(verdict)) Promise.resolve(verdict).catch(() => {});
      throw error;
    }
    return verdicts.some(isLater) ? this.#settleLater(verdicts) : this.#settle(verdicts as Verdict[]);
  }

  async #settleLater(verdicts: readonly Pending[]): Promise<Arguments> {
    return this.#settle(await settled(Promise.all(verdicts)));
  }

  #settle(verdicts: readonly Verdict[]): Arguments {
    const values: unknown[] = [];
    for (const verdict of verdicts) {
      if (flawsOf(verdict)) throw this.#refusal(verdicts);
      values.push(outputOf(verdict));
    }
    return this.#give(values);
  }

  #give(values: Arguments): Arguments {
    return this.#asObject ? [toObject(this.#names ?? [], values)] : values;
  }

  #refusal(verdicts: readonly Verdict[]): Error {
    return refusal((issues) => {
      for (const [index, verdict] of verdicts.entries()) {
        const flaws = flawsOf(verdict);
        if (flaws) issues.add(flaws, this.#names?.[index] ?? index);
      }
    });
  }
}

/** What else to show a schema that does not take params which name nothing: the other ways to do so. */
function otherReadings(params: unknown): Arguments {
  if (params === undefined) return [{}, []];
  if (Array.isArray(params)) return params.length === 0 ? [undefined, {}] : [];
  for (const _member in params as object) return [];
  return [undefined, []];
}

/** One schema for all params. */
export class CheckWhole implements ParamsCheck {
  readonly #standard: Standard;

  constructor(schema: StandardSchema) {
    this.#standard = schema["~standard"];
  }

  check(args: Arguments): Arguments | Promise<Arguments> {
    const params = args[0];
    const verdict = attempt(this.#standard, params);
    if (isLater(verdict)) return this.#firstLater(verdict, otherReadings(params), undefined);
    if (!flawsOf(verdict)) return toArguments(outputOf(verdict));
    return this.#firstOf(otherReadings(params), verdict);
  }

  /** What the schema makes of the first value it accepts; if it accepts none, what is wrong with what was flawed first. */
  #firstOf(values: Arguments, flawed: Verdict): Arguments | Promise<Arguments> {
    for (const [index, value] of values.entries()) {
      const verdict = attempt(this.#standard, value);
      if (isLater(verdict)) return this.#firstLater(verdict, values.slice(index + 1), flawed);
      if (!flawsOf(verdict)) return toArguments(outputOf(verdict));
    }
    throw refusal((issues) => issues.add(flawed.issues ?? []));
  }

  async #firstLater(pending: Promise<Verdict>, others: Arguments, flawed: Verdict | undefined): Promise<Arguments> {
    const verdict = await settled(pending);
    return flawsOf(verdict) ? this.#firstOf(others, flawed ?? verdict) : toArguments(outputOf(verdict));
  }
}

/** Makes the result that goes out of what a method returned. */
export class ResultCheck {
  readonly #standard: Standard;

  constructor(schema: StandardSchema) {
    this.#standard = schema["~standard"];
  }

  /**
   * @param result - what the method returned, or a promise of it
   * @throws ContractError, or a rejection with it, when it does not fit or the schema throws
   */
  check(result: unknown): unknown {
    if (isThenable(result)) return Promise.resolve(result).then((value) => this.#check(value));
    return this.#check(result);
  }

  #check(value: unknown): unknown {
    const verdict = attempt(this.#standard, value);
    return isLater(verdict) ? settled(verdict).then(outcome) : outcome(verdict);
  }
}

function outcome(verdict: Verdict): unknown {
  const flaws = flawsOf(verdict);
  if (!flaws) return outputOf(verdict);
  throw new ContractError(new InvalidResultError(issuesOf((issues) => issues.add(flaws)).toArray()));
}

function attempt(standard: Standard, value: unknown): Pending {
  try {
    const verdict = standard.validate(value);
    isLater(verdict); // Throws where the schema returns nothing that could be looked at.
    return verdict;
  } catch (error) {
    throw new ContractError(error);
  }
}

/** What schemas promised. A rejection of theirs is the service's fault. */
async function settled<T>(verdicts: Promise<T>): Promise<T> {
  try {
    return await verdicts;
  } catch (error) {
    throw new ContractError(error);
  }
}

function refusal(addTo: (issues: Issues) => void): Error {
  return new InvalidParamsError({ issues: issuesOf(addTo).toArray() });
}

/** @throws ContractError when an issue cannot be read */
function issuesOf(addTo: (issues: Issues) => void): Issues {
  const issues = new Issues();
  try {
    addTo(issues);
  } catch (error) {
    throw new ContractError(error);
  }
  return issues;
}

/** Its issues, where it has any. */
function flawsOf(verdict: Verdict): readonly SchemaIssue[] | undefined {
  try {
    return verdict.issues || undefined;
  } catch (error) {
    throw new ContractError(error); // What was promised is no verdict.
  }
}

function outputOf(verdict: Verdict): unknown {
  return (verdict as { readonly value: unknown }).value;
}

function toArguments(params: unknown): Arguments {
  return Array.isArray(params) ? params : [params];
}

/* Names are no `__proto__`: see `readParams`. */
function toObject(names: readonly string[], values: Arguments): object {
  const object: Record<string, unknown> = {};
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== undefined) object[names[i] as string] = values[i];
  }
  return object;
}
