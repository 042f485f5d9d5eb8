import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Roster } from "../../src/service/roster.ts";

class Member {
  seat = -1;
  readonly name: number;

  constructor(name: number) {
    this.name = name;
  }
}

const names = (roster: Roster<Member>) => [...roster].map(({ name }) => name).sort((one, other) => one - other);

describe("a roster", () => {
  test("has those who came and have not left", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(9))), (steps) => {
        const members = Array.from({ length: 10 }, (_, name) => new Member(name));
        const roster = new Roster<Member>();
        const there = new Set<number>();
        for (const [comes, name] of steps) {
          const member = members[name] as Member;
          if (!comes) {
            roster.delete(member);
            there.delete(name);
          } else if (!there.has(name)) {
            roster.add(member);
            there.add(name);
          }
          assert.equal(roster.size, there.size);
          assert.deepEqual(
            names(roster),
            [...there].sort((one, other) => one - other),
          );
          assert.equal(member.seat >= 0, there.has(name));
        }
      }),
    );
  });

  test("can be left by those who are gone through", () => {
    const roster = new Roster<Member>();
    for (let name = 0; name < 5; name++) roster.add(new Member(name));
    const met: number[] = [];
    for (const member of roster) {
      met.push(member.name);
      roster.delete(member);
    }
    assert.deepEqual(met, [0, 1, 2, 3, 4]);
    assert.equal(roster.size, 0);
  });
});
