// A reporter for node:test, read by test.mjs: one line of JSON for each test, each suite that was skipped as a whole,
// and each file that node reports as a whole (it has no test, or failed outside of its tests).

/**
 * @typedef {object} Result
 * @property {string} file
 * @property {string[]} name the suites around it and its own; empty for a file as a whole
 * @property {boolean} passed
 * @property {string} [skip] why it was skipped, or left to do
 */

/** @param {AsyncIterable<{ type: string, data: any }>} events */
export default async function* results(events) {
  /** @type {Map<string, string[]>} the names of the test that runs in each file and of the suites around it */
  const names = new Map();
  for await (const { type, data } of events) {
    const file = data?.file ?? "";
    if (type === "test:start") {
      names.set(file, [...(names.get(file) ?? []).slice(0, data.nesting), data.name]);
    } else if (type === "test:pass" || type === "test:fail") {
      const whole = data.nesting === 0 && data.name === file;
      const name = whole ? [] : [...(names.get(file) ?? []).slice(0, data.nesting), data.name];
      /** @type {Result} */
      const result = { file, name, passed: type === "test:pass" };
      const { skip, todo } = data;
      if (skip !== undefined && skip !== false)
        result.skip = skip === true ? "no reason given" : skip || "no reason given";
      else if (todo !== undefined && todo !== false) result.skip = `todo: ${todo === true ? "no reason given" : todo}`;
      if (data.details?.type === "suite" && result.skip === undefined) continue;
      yield `${JSON.stringify(result)}\n`;
    }
  }
}
