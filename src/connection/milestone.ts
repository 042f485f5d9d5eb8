import { type Deferred, deferred } from "./deferred.ts";

/** Something that happens once, and a promise of it, made when somebody asks: few ask, and each would cost 240 bytes. */
export class Milestone<T> {
  #asked: Deferred<T> | undefined;
  #reached: { readonly value: T } | undefined;

  get promise(): Promise<T> {
    if (!this.#asked) {
      this.#asked = deferred<T>();
      if (this.#reached) this.#asked.resolve(this.#reached.value);
    }
    return this.#asked.promise;
  }

  /** It has happened. Only the first time counts. */
  reach(value: T): void {
    this.#reached ??= { value };
    this.#asked?.resolve(value);
  }
}
