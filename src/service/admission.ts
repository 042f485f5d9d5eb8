import { type ErrorObject, invalidParams, METHOD_NOT_FOUND, overLimit, SERVER_BUSY } from "../protocol/error-object.ts";
import { countRefusal, type LimitCounters } from "../protocol/limit-counters.ts";
import type { Limits } from "../protocol/limits.ts";
import type { Params } from "../protocol/message.ts";
import type { Method } from "./method.ts";
import type { TokenBucket } from "./token-bucket.ts";

/** How many calls are in flight, counted by all callers that share it. */
export interface Load {
  inFlight: number;
}

/** What decides whether a caller's calls are tried. */
export interface AdmissionOptions {
  /** How many of its calls may be in flight at once, and how many of all. */
  readonly limits: Pick<Limits, "inFlight" | "totalInFlight">;
  /** Where it shares the first with others: how many calls all of them have in flight. */
  readonly load?: Load;
  /** How many a whole server has. Default: nobody counts them. */
  readonly total?: Load | undefined;
  /** Lets through as many calls a second as there may be. Without it, all. */
  readonly rate?: TokenBucket | undefined;
  /** Where refusals are counted. */
  readonly counters?: LimitCounters | undefined;
}

/** Says which of a caller's calls are tried, and counts those that are in flight. */
export class Admission {
  /** What every known method answers to this caller from now on; `undefined` to serve it. */
  refusal: ErrorObject | undefined;
  /** How many calls are in flight, notifications included. */
  inFlight = 0;
  /* As they are: numbers of its own would be on the heap again for each caller. */
  readonly #limits: AdmissionOptions["limits"];
  readonly load: Load | undefined;
  readonly #total: Load | undefined;
  readonly #rate: TokenBucket | undefined;
  readonly #counters: LimitCounters | undefined;

  constructor({ limits, load, total, rate, counters }: AdmissionOptions) {
    this.#limits = limits;
    this.load = load;
    this.#total = total;
    this.#rate = rate;
    this.#counters = counters;
  }

  /** Takes note of one message more; why it is one too many, if it is. */
  excess(): ErrorObject | undefined {
    if (!this.#rate || this.#rate.take()) return undefined;
    return overLimit(SERVER_BUSY, "callsPerSecond", this.#rate.perSecond);
  }

  /** Why a call is not even tried; `undefined` when it is. */
  refusalOf(method: Method | undefined, params: Params | undefined): ErrorObject | undefined {
    if (!method) return METHOD_NOT_FOUND;
    const misfit = method.parameters.misfit(params);
    if (misfit !== undefined) return invalidParams(misfit);
    return this.stopOf(method);
  }

  /** Why nothing of the kind is tried now, whatever its params. */
  stopOf(method: Method | undefined): ErrorObject | undefined {
    if (method?.refusal) return method.refusal;
    if (this.refusal) return this.refusal;
    const { load, inFlight } = this;
    const max = this.#limits;
    if ((load ? load.inFlight : inFlight) >= max.inFlight) return overLimit(SERVER_BUSY, "inFlight", max.inFlight);
    if (this.#total && this.#total.inFlight >= max.totalInFlight) {
      return overLimit(SERVER_BUSY, "totalInFlight", max.totalInFlight);
    }
    return undefined;
  }

  /** Counts a refusal that was said. */
  refused(refusal: ErrorObject): void {
    countRefusal(this.#counters, refusal);
  }

  started(): void {
    this.inFlight++;
    if (this.load) this.load.inFlight++;
    if (this.#total) this.#total.inFlight++;
  }

  ended(): void {
    this.inFlight--;
    if (this.load) this.load.inFlight--;
    if (this.#total) this.#total.inFlight--;
  }
}
