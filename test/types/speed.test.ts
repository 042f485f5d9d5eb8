/** What types cost the compiler, in its own counts, which are the same in every run. `scripts/type-speed.ts` has times too. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Form, typeCost } from "../../scripts/type-speed.ts";

/* Instantiations a method, zod's own included. What an Api of many methods must not be is quadratic. */
const most: Readonly<Record<Form, number>> = { interface: 100, class: 300, functional: 1_500, contract: 1_200 };

for (const [form, bound] of Object.entries(most) as [Form, number][]) {
  test(`an Api of 200 methods by ${form} costs so much more than one of 10, and no more`, () => {
    const [few, many] = [typeCost(form, 10), typeCost(form, 200)];
    const each = (many.instantiations - few.instantiations) / 190;
    assert(each < bound, `${each.toFixed(0)} instantiations a method, expected fewer than ${bound}`);
  });
}
