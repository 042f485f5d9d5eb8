import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { WaitingList } from "../../src/connection/waiting-list.ts";

describe("a waiting list", () => {
  it("keeps the order, and is empty once all is taken", () => {
    const list = new WaitingList<number>(() => false);
    for (let item = 0; item < 1_000; item++) list.add(item);
    assert.equal(list.length, 1_000);
    assert.deepEqual(list.takeAll(), [...Array(1_000).keys()]);
    assert.deepEqual([list.length, list.takeAll()], [0, []]);
  });

  it("does not hoard what is over, and loses nothing that is not", () => {
    const list = new WaitingList<number>((item) => item % 1_000 !== 0);
    for (let item = 0; item < 100_000; item++) list.add(item);
    assert(list.length < 400, `${list.length} items`);
    assert.deepEqual(
      list.takeAll().filter((item) => item % 1_000 === 0),
      Array.from({ length: 100 }, (_, at) => at * 1_000),
    );
  });

  it("gives its items one by one too, but for what is over, while others are added", () => {
    const list = new WaitingList<number>((item) => item % 3 === 0);
    const taken: (number | undefined)[] = [];
    for (let item = 1; item <= 1_000; item++) {
      list.add(item);
      if (item % 5 === 0) taken.push(list.take());
    }
    assert(list.length < 1_000);
    for (let item = list.take(); item !== undefined; item = list.take()) taken.push(item);
    const wanted = Array.from({ length: 1_000 }, (_, at) => at + 1).filter((item) => item % 3 !== 0);
    assert.deepEqual([taken, list.length, list.takeAll()], [wanted, 0, []]);
  });

  it("does not copy what waits each time one is taken", () => {
    let looks = 0;
    const list = new WaitingList<number>(() => {
      looks++;
      return false;
    });
    for (let item = 0; item < 1_000; item++) list.add(item);
    for (let item = 0; item < 100_000; item++) {
      list.add(item);
      list.take();
    }
    assert(looks < 400_000, `${looks} looks`);
  });

  it("looks at each item no more than a few times, however many wait", () => {
    let looks = 0;
    const list = new WaitingList<number>(() => {
      looks++;
      return false;
    });
    for (let item = 0; item < 100_000; item++) list.add(item);
    assert(looks < 300_000, `${looks} looks`);
  });
});
