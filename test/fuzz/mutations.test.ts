/**
 * A short run of a fuzzer without coverage: everything in the corpus, and thousands of inputs that are almost like it. A
 * longer one: TSJASON_FUZZ=1000000. One that coverage guides: `npm run fuzz`.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import { Random } from "../support/random.ts";
import { seedOf } from "../support/seed.ts";
import { fuzzClient } from "./client.ts";
import { corpusOf } from "./corpus.ts";
import { fuzzDecoders } from "./decoders.ts";
import { mutated } from "./mutate.ts";
import { fuzzService } from "./service.ts";

const targets = { decoders: fuzzDecoders, service: fuzzService, client: fuzzClient };
const runs = { decoders: 3_000, service: 10_000, client: 1_500 };

for (const [name, target] of Object.entries(targets)) {
  describe(`fuzzing the ${name}`, () => {
    const corpus = corpusOf(name);

    it("with the corpus", async () => {
      assert(corpus.length >= 5);
      for (const { name: file, bytes } of corpus) await run(bytes, file);
    });

    it("with mutations of it", async (t) => {
      const { seed, hint } = seedOf(t);
      const random = new Random(seed);
      const inputs = corpus.map(({ bytes }) => bytes);
      const count = Number(process.env.TSJASON_FUZZ ?? runs[name as keyof typeof runs]);
      for (let at = 0; at < count; at++) {
        const input = mutated(random, random.pick(inputs) ?? Buffer.alloc(0), inputs);
        await run(input, hint);
        // Now and then what a mutation made is mutated further.
        if (random.once(50)) inputs[random.below(inputs.length)] = input;
      }
    });

    async function run(input: Uint8Array, hint: string): Promise<void> {
      try {
        await target(input);
      } catch (cause) {
        const shown = Buffer.from(input).toString("base64");
        throw new Error(`${String(cause)} for the input ${shown} in base64; ${hint}`, { cause });
      }
    }
  });
}
