import type { TestContext } from "node:test";

const tasks = new WeakMap<TestContext, (() => unknown)[]>();

/** Does something after the test, the last such thing first: who was connected goes before whom it was connected to. */
export function cleanUp(test: TestContext, task: () => unknown): void {
  const known = tasks.get(test);
  if (known) {
    known.push(task);
    return;
  }
  const list = [task];
  tasks.set(test, list);
  test.after(async () => {
    for (const next of list.reverse()) await next();
  });
}
