/** `tsjason/testing`: what tests of JSON-RPC programs need. */
export { channelPair, type MemoryChannel } from "./channel-pair.ts";
export { FakeClock } from "./fake-clock.ts";
