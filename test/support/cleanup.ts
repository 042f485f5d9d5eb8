/** A test, or the file: what can have something done afterwards. */
export interface Cleanable {
  after(task: () => unknown): void;
}

const tasks = new WeakMap<Cleanable, (() => unknown)[]>();

/** Does something after the test, the last such thing first: who was connected goes before whom it was connected to. */
export function cleanUp(test: Cleanable, task: () => unknown): void {
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
