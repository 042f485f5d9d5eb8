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
