import assert from "node:assert/strict";
import { newCounters } from "../../src/protocol/limit-counters.ts";
import { type Limits, untrusted } from "../../src/protocol/limits.ts";
import type { AcceptOptions } from "../../src/transport/transport.ts";

/** What a transport is told that listens for a test: everybody may come in, nobody is served, and nothing goes wrong. */
export function accepting(limits: Limits = untrusted): AcceptOptions {
  return {
    limits,
    transport: {},
    refused: assert.ifError,
    serve: () => assert.fail("there are no exchanges here"),
    methods: () => () => {},
    admit: () => () => {},
    counters: newCounters(),
  };
}
