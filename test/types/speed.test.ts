/** What types cost the compiler, in its own counts, which are the same in every run. `scripts/type-speed.ts` has times too. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Form, typeCosts } from "../../scripts/type-speed.ts";

/*
 * Instantiations a method. What an Api of many methods must not be is quadratic, and what is never called is not to be worked
 * out. Without anything of tsjason the schemas of the contract take 9, and 47 as arguments of any generic function; those of
 * the functional form, with which the returns of its functions are compared, 180: zod's own.
 */
const most: Readonly<Partial<Record<Form, number>>> = {
  interface: 12,
  class: 60,
  "functional without schemas": 130,
  contract: 98,
  "contract declared": 38,
  functional: 480,
  "functional declared": 40,
};

for (const [form, bound] of Object.entries(most) as [Form, number][]) {
  test(`an Api of 200 methods by ${form} costs so much more than one of 10, and no more`, () => {
    const [few = NaN, many = NaN] = typeCosts(form, [10, 200]).map(({ instantiations }) => instantiations);
    const each = (many - few) / 190;
    assert(each < bound, `${each.toFixed(0)} instantiations a method, expected fewer than ${bound}`);
  });
}
