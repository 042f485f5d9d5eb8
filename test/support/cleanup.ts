/** What comes to an end and then does something: a test, or, with `after` of node:test, a file. */
export interface Ending {
  after(task: () => unknown): void;
}

const tasks = new WeakMap<object, (() => unknown)[]>();

/** Does something after the test, the last such thing first: who was connected goes before whom it was connected to. */
export function cleanUp(test: Ending, task: () => unknown): void {
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
