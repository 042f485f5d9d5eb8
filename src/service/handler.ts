import { flattened, type Methods } from "./contract.ts";
import { exportMarks } from "./export-rpc.ts";
import { Method, type MethodFunction } from "./method.ts";

/** How a handler is added. */
export interface HandlerOptions {
  /** What its methods' names begin with, in one part or several: `"main"`, `["audio", "mixer"]`. Default: nothing. */
  readonly namespace?: string | readonly string[];
  /** What stands between the parts. Default: a full stop. */
  readonly separator?: string;
}

/**
 * The methods that a handler exports.
 *
 * @throws Error when it exports nothing
 * @throws TypeError when it is no object, or the namespace cannot be one
 */
export function methodsOf(handler: object, { namespace = [], separator = "." }: HandlerOptions): Method[] {
  const parts = namespaceParts(namespace, separator);
  return [...marksOf(handler)].map(([property, { options, marked }]) => {
    const fn = (handler as Record<string, MethodFunction>)[property];
    if (typeof fn !== "function") throw new TypeError(`${property} is exported, and is not a method`);
    const name = [...parts, options.name ?? property].join(separator);
    // The arguments of the function that was marked, whatever took its place: a wrapper that takes (...args), or an
    // override that leaves out what it does not use, or takes more that its callers need not give.
    return new Method(name, fn, options, { self: handler, separator, length: marked.length });
  });
}

/**
 * The methods of an object of methods made by `method`.
 *
 * @throws TypeError when something in it is no method, or the namespace cannot be one
 */
export function methodsIn(methods: Methods, { namespace = [], separator = "." }: HandlerOptions): Method[] {
  const definitions = flattened(methods, namespaceParts(namespace, separator), separator);
  return definitions.map(([name, { fn, options }]) => new Method(name, fn, options, { separator }));
}

function marksOf(handler: object): ReturnType<typeof exportMarks> {
  if (typeof handler !== "object" || handler === null) {
    const hint = typeof handler === "function" ? ": give an instance of the class" : "";
    throw new TypeError(`expected an object as the handler, got ${handler === null ? "null" : typeof handler}${hint}`);
  }
  const marks = exportMarks(handler);
  if (marks.size === 0) {
    throw new Error(`${handler.constructor?.name || "this handler"} exports no method: mark some with @exportRpc()`);
  }
  return marks;
}

function namespaceParts(namespace: string | readonly string[], separator: string): readonly string[] {
  if (typeof separator !== "string") throw new TypeError(`expected a string as the separator, got ${typeof separator}`);
  const parts = typeof namespace === "string" ? [namespace] : namespace;
  if (!Array.isArray(parts) || parts.some((part) => typeof part !== "string" || part === "")) {
    throw new TypeError(`expected a namespace of one or more non-empty parts, got ${JSON.stringify(namespace)}`);
  }
  return parts;
}
