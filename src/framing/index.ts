/** `tsjason/framing`: JSON-RPC over any byte stream Node.js has. */
export { contentLength } from "./content-length.ts";
export { FramedChannel, type FramedChannelOptions } from "./framed-channel.ts";
export type { FrameDecoder, Framing } from "./framing.ts";
export { FramingError, type FramingViolation } from "./framing-error.ts";
export { netstring } from "./netstring.ts";
export { newline } from "./newline.ts";
