import type { Methods } from "../../service/contract.ts";
import type { ServiceOptions } from "../../service/options.ts";
import { Service } from "../../service/service.ts";
import { UsageError } from "../usage-error.ts";

/** How a service is made of what is none yet. */
export interface ServiceOfOptions extends ServiceOptions {
  readonly namespace?: string | undefined;
}

/**
 * The service that a module's default export stands for: a `Service`; a handler, or a class of one; a plain object of functions;
 * or a function that makes one of these, also asynchronously.
 *
 * @throws UsageError when it stands for none; whatever the function throws
 */
export async function serviceOf(exported: unknown, options: ServiceOfOptions): Promise<Service> {
  const value = typeof exported === "function" ? await made(exported as () => unknown) : await exported;
  if (isService(value)) {
    for (const name of ["namespace", "timeout"] as const) {
      if (options[name] === undefined) continue;
      throw new UsageError(`the module exports a Service, which decides on its own ${name}: leave out --${name}`);
    }
    return value;
  }
  if (typeof value !== "object" || value === null) {
    const got = value === null ? "null" : typeof value;
    throw new UsageError(
      `expected a Service, a handler, an object of functions, or a function that makes one as the default export, got ${got}`,
    );
  }
  const { namespace, ...serviceOptions } = options;
  const service = new Service(serviceOptions);
  const functions = functionsOf(value);
  if (!functions) return service.addHandler(value, namespace === undefined ? {} : { namespace });
  for (const [name, fn] of functions) {
    const method: () => unknown = (fn as () => unknown).bind(value);
    service.addMethod(namespace === undefined ? name : `${namespace}.${name}`, method);
  }
  const others = Object.entries(value).filter(([, member]) => typeof member !== "function");
  // Made by `method`, or namespaces of such: `addMethods` says which is neither.
  return service.addMethods(Object.fromEntries(others) as Methods, namespace === undefined ? {} : { namespace });
}

async function made(exported: () => unknown): Promise<unknown> {
  const isClass = /^class\b/.test(Function.prototype.toString.call(exported));
  return isClass ? Reflect.construct(exported, []) : await Reflect.apply(exported, undefined, []);
}

/** Also one of another copy of this package: what it can do counts. */
function isService(value: unknown): value is Service {
  const { handle, addMethod, methodNames } = (value ?? {}) as Partial<Service>;
  return typeof handle === "function" && typeof addMethod === "function" && Array.isArray(methodNames);
}

/** The functions of a plain object, each a method; `undefined` for a handler, which says itself what it exports. */
function functionsOf(value: object): [name: string, fn: unknown][] | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  // Marks of exported methods stand under a symbol.
  if ((prototype !== Object.prototype && prototype !== null) || Object.getOwnPropertySymbols(value).length > 0) {
    return undefined;
  }
  if (Object.keys(value).length === 0) throw new UsageError("the object that the module exports has no methods in it");
  return Object.entries(value).filter(([, member]) => typeof member === "function");
}
