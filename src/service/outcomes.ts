import { INTERNAL_ERROR, SERVER_ERROR } from "../protocol/error-object.ts";
import { isRpcError } from "../protocol/errors/rpc-error.ts";
import { errorText, resultText } from "../protocol/serialize.ts";
import type { Span } from "../tracing/tracer.ts";
import { ContractError } from "./contract-error.ts";
import type { Logger } from "./logger.ts";
import type { Method } from "./method.ts";

/** Told what a method threw that no caller gets to see. */
export type ErrorHook = (error: unknown, call: { readonly method: string }) => void;

/**
 * What a service's methods come to: makes answers of what they give and throw, and tells the error hook, or else the log,
 * what the caller does not get to see. Nothing here throws, whatever the hook does.
 */
export class Outcomes {
  readonly #hook: ErrorHook | undefined;
  readonly #logger: Logger;

  constructor(hook: ErrorHook | undefined, logger: Logger) {
    this.#hook = hook;
    this.#logger = logger;
  }

  /** The answer to a request whose method gave a result; an error, where JSON cannot hold it. */
  success(id: string, result: unknown, method: Method, span: Span | undefined): string {
    try {
      const text = resultText(id, result);
      span?.succeeded(result);
      return text;
    } catch (error) {
      this.#tell(error, method.name);
      span?.failed(error);
      return errorText(id, INTERNAL_ERROR);
    }
  }

  /** The answer to a request whose method threw. */
  failure(id: string, error: unknown, method: Method): string {
    this.report(error, method);
    return errorText(id, isRpcError(error) ? error : SERVER_ERROR);
  }

  /** An `RpcError` is an answer like any other; anything else is for the hook, and only for the hook. */
  report(error: unknown, method: Method): void {
    if (!isRpcError(error)) this.#tell(error, method.name);
    else if (error instanceof ContractError) this.#tell(error.cause, method.name);
  }

  #tell(error: unknown, method: string): void {
    if (!this.#hook) {
      const what = method === "" ? "a middleware, called for a method there is not," : `the method ${method}`;
      this.#logger.error(`${what} failed:`, error);
      return;
    }
    try {
      const outcome: unknown = this.#hook(error, { method });
      // A hook may well be async.
      if (outcome instanceof Promise) outcome.catch((hookError) => this.#hookFailed(hookError, error));
    } catch (hookError) {
      this.#hookFailed(hookError, error);
    }
  }

  #hookFailed(hookError: unknown, error: unknown): void {
    this.#logger.error("the onError hook failed:", hookError);
    this.#logger.error("with this error to tell:", error);
  }
}
