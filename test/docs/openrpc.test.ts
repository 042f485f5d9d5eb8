/** What docs/openrpc.md shows as generated and reported is what comes of such documents. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { compareDocuments, formatFindings, generateTypes } from "../../src/openrpc/index.ts";
import { documentOf, methodOf } from "../openrpc/documents.ts";

const page = readFileSync(new URL("../../docs/openrpc.md", import.meta.url), "utf8");
const info = { title: "Shop", version: "2.1.0" };
const thingId = { $ref: "#/components/schemas/ThingId" };
const schemas = { ThingId: { type: "integer", description: "Counts from 1." } };

test("the types in docs/openrpc.md are generated", () => {
  const order = {
    name: "shop.order",
    summary: "Orders a thing",
    paramStructure: "by-name",
    params: [
      { name: "thing", required: true, schema: thingId },
      { name: "gift", description: "Whether to wrap it.", schema: { type: "boolean" } },
    ],
    result: { name: "order", description: "The order's number.", schema: { type: "integer" } },
    errors: [
      {
        code: 404,
        message: "No such thing",
        data: { type: "object", properties: { thing: thingId }, required: ["thing"] },
      },
    ],
  };
  const shown = /<!-- generated -->\n```ts\n(.*?)```/s.exec(page)?.[1];
  assert.equal(generateTypes(documentOf([order], schemas, { info })), shown);
});

test("the report in docs/openrpc.md is what comes of such changes", () => {
  const thing = (more: object) => ({ type: "array", items: { type: "object", properties: { id: thingId, ...more } } });
  const [gone, string] = [{ code: 410, message: "Sold out" }, { type: "string" }];
  const before = [
    methodOf("shop.find", { text: string }, thing({ price: { type: "number" } })),
    methodOf("shop.order", { thing: thingId, "gift?": { type: "boolean" } }, true, { errors: [gone] }),
  ];
  const after = [
    methodOf("shop.find", { text: string, "sort?": string }, thing({})),
    methodOf("shop.order", { thing: thingId, gift: { type: "boolean" } }),
  ];
  const report = formatFindings(compareDocuments(documentOf(before, schemas), documentOf(after, schemas)));
  assert(page.includes(`\n\`\`\`\n${report}\`\`\`\n`), report);
});
