import { type Deferred, deferred } from "../connection/deferred.ts";

/** Those who asked when all that was sent by then would be handed over. */
export class HandOvers {
  /** By what they wait for, the nearest first. */
  #waiting: { readonly ordinal: number; readonly deferred: Deferred<void> }[] = [];

  /** Resolves when the text of the ordinal is handed over. Whoever asked is told; nobody else has to hear of it. */
  of(ordinal: number): Promise<void> {
    const last = this.#waiting.at(-1);
    if (last?.ordinal === ordinal) return last.deferred.promise;
    const asked = deferred<void>();
    asked.promise.catch(() => {});
    this.#waiting.push({ ordinal, deferred: asked });
    return asked.promise;
  }

  reached(ordinal: number): void {
    while (this.#waiting[0] && this.#waiting[0].ordinal <= ordinal) this.#waiting.shift()?.deferred.resolve();
  }

  lost(reason: Error | undefined): void {
    for (const { deferred } of this.#waiting.splice(0)) deferred.reject(reason ?? new Error("the channel is closed"));
  }
}
