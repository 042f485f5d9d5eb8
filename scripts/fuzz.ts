/**
 * A fuzzer that coverage guides: `npm run fuzz -- [--target service] [--seconds 60] [--seed 1] [--keep]`.
 *
 * It mutates what is in test/fuzz/corpus. What makes the sources run a block that nothing before did is mutated further,
 * and with --keep it is written to the corpus. Targets: decoders, service, client.
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fuzzClient } from "../test/fuzz/client.ts";
import { corpusOf } from "../test/fuzz/corpus.ts";
import { Coverage } from "../test/fuzz/coverage.ts";
import { fuzzDecoders } from "../test/fuzz/decoders.ts";
import { mutated } from "../test/fuzz/mutate.ts";
import { fuzzService } from "../test/fuzz/service.ts";
import { Random } from "../test/support/random.ts";

const targets: Readonly<Record<string, (input: Uint8Array) => void | Promise<void>>> = {
  decoders: fuzzDecoders,
  service: fuzzService,
  client: fuzzClient,
};

/* How many inputs are run between two looks at what they covered. */
const AT_ONCE = 25;

const { values } = parseArgs({
  options: {
    target: { type: "string" },
    seconds: { type: "string", default: "60" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
    keep: { type: "boolean", default: false },
  },
});
const random = new Random(Number(values.seed));
const names = values.target === undefined ? Object.keys(targets) : [values.target];
console.log(`seed ${values.seed}`);
for (const name of names) await fuzz(name, Number(values.seconds) / names.length);

async function fuzz(name: string, seconds: number): Promise<void> {
  const target = targets[name];
  if (!target) throw new Error(`expected one of ${Object.keys(targets).join(", ")} as the target, got ${name}`);
  const pool: Uint8Array[] = corpusOf(name).map(({ bytes }) => bytes);
  const coverage = new Coverage();
  await coverage.start();
  for (const input of pool) await target(input);
  coverage.fresh(await coverage.take());
  const end = Date.now() + seconds * 1_000;
  const start = coverage.blocks;
  let runs = 0;
  for (; Date.now() < end; runs += AT_ONCE) {
    const inputs = Array.from({ length: AT_ONCE }, () => mutated(random, random.pick(pool) ?? Buffer.alloc(0), pool));
    for (const input of inputs) await run(name, target, input);
    // Looking costs more than running, so only where there is something new it is found out whose it is.
    let fresh = coverage.fresh(await coverage.take());
    for (let at = 0; at < inputs.length && fresh.length > 0; at++) {
      const input = inputs[at] as Buffer;
      await run(name, target, input);
      const blocks = await coverage.take();
      if (!fresh.some((block) => blocks.has(block))) continue;
      fresh = fresh.filter((block) => !blocks.has(block));
      pool.push(input);
      if (values.keep) keep(name, input);
    }
  }
  coverage.stop();
  const found = `${coverage.blocks - start} new ones in ${pool.length} inputs`;
  console.log(`${name}: ${runs} runs in ${seconds} s, ${coverage.blocks} blocks, ${found}, no failure`);
}

async function run(name: string, target: (input: Uint8Array) => void | Promise<void>, input: Buffer): Promise<void> {
  try {
    await target(input);
  } catch (error) {
    console.error(`${name}: an input that it does not hold out against, in base64: ${input.toString("base64")}`);
    throw error;
  }
}

function keep(name: string, input: Uint8Array): void {
  const folder = join(import.meta.dirname, "../test/fuzz/corpus", name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, createHash("sha256").update(input).digest("hex").slice(0, 12)), input);
}
