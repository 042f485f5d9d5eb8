/**
 * A namespace's methods as functions: `remote.echo("foo")` calls `main.echo` with `["foo"]`.
 *
 * It has every method a caller can name, except `then`, `toJSON` and symbols: a proxy that had them would be taken for
 * a promise by `await`, and called by `JSON.stringify` and whoever prints it.
 */
export function remoteNamespace<Answer>(
  call: (method: string, args: readonly unknown[]) => Answer,
  name: string,
  separator: string,
): object {
  const functions = new Map<string, (...args: unknown[]) => Answer>();
  return new Proxy(Object.freeze(Object.create(null) as object), {
    get(_target, property) {
      if (typeof property === "symbol" || property === "then" || property === "toJSON") return undefined;
      let fn = functions.get(property);
      if (!fn) {
        const method = name === "" ? property : `${name}${separator}${property}`;
        fn = (...args) => call(method, args);
        functions.set(property, fn);
      }
      return fn;
    },
  });
}
