const nothing: object = Object.freeze(Object.create(null) as object);

/**
 * A namespace's methods as functions: `remote.echo("foo")` calls `main.echo` with `["foo"]`.
 *
 * It has every method a caller can name, except `then`, `toJSON` and symbols: an object that had them would be taken for
 * a promise by `await`, and called by `JSON.stringify` and whoever prints it. None can be set, and none is listed.
 */
export function remoteNamespace<Answer>(
  call: (method: string, args: readonly unknown[]) => Answer,
  name: string,
  separator: string,
): object {
  const prefix = name === "" ? "" : `${name}${separator}`;
  /*
   * A function is made when it is first looked for, and found on the object itself from then on: to look through a
   * proxy each time takes a tenth of a call where there are many clients.
   */
  const remote: object = Object.create(
    new Proxy(nothing, {
      get(_target, property) {
        if (!isMethod(property)) return undefined;
        const method = `${prefix}${property}`;
        const fn = (...args: unknown[]): Answer => call(method, args);
        // Whoever froze the object gets a new function each time.
        Reflect.defineProperty(remote, property, { value: fn });
        return fn;
      },
      has: (_target, property) => isMethod(property),
      set: () => false,
    }),
  );
  return remote;
}

function isMethod(property: string | symbol): property is string {
  return typeof property === "string" && property !== "then" && property !== "toJSON";
}
