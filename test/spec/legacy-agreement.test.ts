/** With `legacy` on, what is of 2.0 means what it means without: random texts, read both ways. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAnyVersion, versionNamed } from "../../src/protocol/legacy.ts";
import { parseMessage } from "../../src/protocol/parse.ts";
import { Service } from "../../src/service/service.ts";
import { Choices, randomText } from "./random-texts.ts";
import { silent } from "./rows.ts";

const batchLength = 3;

/** Whether a text may be of an older version: an object that says nothing of `jsonrpc`. */
function maybeOlder(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) && !Object.hasOwn(value, "jsonrpc");
  } catch {
    return false;
  }
}

function makeService(legacy: boolean): Service {
  const service = new Service({ legacy, logger: silent, limits: { batchLength } });
  for (const name of ["add", "main.echo", "", 'a"b'].filter((name) => name !== "")) {
    service.addMethod(name, (...values: unknown[]) => values, { params: ["...values"] });
  }
  return service;
}

test("random texts that are not older are read and answered alike", () => {
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 32);
  const random = new Choices(seed);
  const [strict, legacy] = [makeService(false), makeService(true)];
  const version1 = versionNamed("1.0");
  let [alike, older] = [0, 0];
  for (let i = 0; i < 30_000; i++) {
    const text = randomText(random);
    const again = `${JSON.stringify(text)} (again with SEED=${seed})`;
    if (maybeOlder(text)) {
      older++;
      // Whatever it is, it is read without an accident.
      parseAnyVersion(text, batchLength);
      version1.parse(text, batchLength);
      void legacy.handle(text);
      continue;
    }
    alike++;
    const expected = parseMessage(text, batchLength);
    assert.deepEqual(parseAnyVersion(text, batchLength), expected, again);
    assert.deepEqual(version1.parse(text, batchLength), expected, again);
    assert.equal(legacy.handle(text), strict.handle(text), again);
  }
  assert.ok(alike > 10_000 && older > 300, `too few to mean anything (SEED=${seed}): ${alike}, ${older}`);
});
