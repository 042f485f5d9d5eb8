import type { Method } from "./method.ts";

/** The methods of a service, by their names. They are only ever added. */
export class MethodTable {
  readonly #byName = new Map<string, Method>();
  /** Who is told of methods that are added. */
  readonly #told = new Set<(method: Method) => void>();

  /** A `Map`, so that no name is there that was not added: `constructor` and `__proto__` are unknown like others. */
  get byName(): ReadonlyMap<string, Method> {
    return this.#byName;
  }

  /**
   * Adds all of them, or none.
   *
   * @throws Error when a name is taken
   * @throws TypeError when one cannot be a method's name
   */
  add(methods: readonly Method[]): void {
    const names = new Set<string>();
    for (const { name } of methods) {
      if (typeof name !== "string" || name === "") {
        throw new TypeError(`expected a method's name, got ${name === "" ? "nothing" : `a ${typeof name}`}`);
      }
      // Section 4: names that begin with "rpc." are for extensions of JSON-RPC itself.
      if (name.startsWith("rpc.")) throw new TypeError(`${name}: names that begin with "rpc." are reserved`);
      if (names.has(name) || this.#byName.has(name)) throw new Error(`there is a method ${name} already`);
      names.add(name);
    }
    for (const method of methods) this.addOwn(method);
  }

  /** Adds one whatever its name is: an extension of JSON-RPC itself. */
  addOwn(method: Method): void {
    this.#byName.set(method.name, method);
    for (const told of this.#told) told(method);
  }

  /**
   * Tells of each method there is, and of each that is added from now on.
   *
   * @returns what ends it
   */
  each(told: (method: Method) => void): () => void {
    this.#told.add(told);
    for (const method of this.#byName.values()) told(method);
    return () => this.#told.delete(told);
  }

  /** @throws RangeError when there is no method under the namespace */
  assertUnder(namespace: string): void {
    for (const method of this.#byName.values()) if (method.isUnder(namespace)) return;
    throw new RangeError(`there is no method under the namespace ${namespace}`);
  }
}
