import { invalidParams } from "../protocol/error-object.ts";
import { fromErrorObject } from "../protocol/errors/from-error-object.ts";
import { MethodNotFoundError } from "../protocol/errors/method-not-found-error.ts";
import type { Params } from "../protocol/message.ts";
import type { HandlerContext } from "./context.ts";
import { handled, type Layer, type Passage, runThrough } from "./layers.ts";
import type { Method } from "./method.ts";
import type { IncomingCall } from "./middleware.ts";

type Changes = { readonly params?: Params | undefined };

/** A middleware of a service. */
export type ServiceLayer = Layer<IncomingCall, Changes>;

/**
 * Runs a call through the middlewares, and in the end its method.
 *
 * @param method - `undefined` where the service has none of that name
 * @returns what the outermost middleware does, a promise or not
 */
export function throughLayers(
  layers: readonly ServiceLayer[],
  method: Method | undefined,
  params: Params | undefined,
  context: HandlerContext,
): unknown {
  const call: IncomingCall = { method: context.method, known: method !== undefined, params, context };
  return runThrough(layers, call, new ServicePassage(method, context));
}

class ServicePassage implements Passage<IncomingCall, Changes> {
  readonly #method: Method | undefined;
  readonly #context: HandlerContext;

  constructor(method: Method | undefined, context: HandlerContext) {
    this.#method = method;
    this.#context = context;
  }

  change(call: IncomingCall, { params }: Changes): IncomingCall {
    if (params === undefined) return call;
    if (typeof params === "object" && params !== null) return { ...call, params };
    throw new TypeError(
      `next() takes an array or an object as params, got ${params === null ? "null" : typeof params}`,
    );
  }

  /* Not a promise where the method gives none: an answer that is there at once goes out at once. */
  give(rest: () => unknown): unknown {
    this.#context.throwIfOver();
    return handled(rest());
  }

  last({ params }: IncomingCall): unknown {
    if (!this.#method) throw new MethodNotFoundError();
    const misfit = this.#method.parameters.misfit(params);
    if (misfit !== undefined) throw fromErrorObject(invalidParams(misfit));
    return this.#method.call(params, this.#context);
  }
}
