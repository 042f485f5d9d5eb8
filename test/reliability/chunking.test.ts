import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { netstring } from "../../src/framing/netstring.ts";
import { serve } from "../support/served.ts";

const CALLS = 200;
const MANY = 10_000;

function requests(count: number): Buffer {
  const frames = Array.from({ length: count }, (_, id) => {
    const text = JSON.stringify({ jsonrpc: "2.0", id, method: "echo", params: [`nr. ${id} – 𝄞`] });
    return netstring.frame(text, Buffer.byteLength(text));
  });
  return Buffer.from(frames.join(""));
}

function answers(count: number): string {
  const frames = Array.from({ length: count }, (_, id) => {
    const text = JSON.stringify({ jsonrpc: "2.0", id, result: `nr. ${id} – 𝄞` });
    return netstring.frame(text, Buffer.byteLength(text));
  });
  return frames.join("");
}

/** Sends bytes in pieces, each by a write of its own, then ends; resolves with everything that came back. */
async function exchange(address: string, bytes: Buffer, sizes: () => number): Promise<string> {
  const { hostname, port } = new URL(address);
  const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true, allowHalfOpen: true });
  await once(socket, "connect");
  const received: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => received.push(chunk));
  for (let at = 0; at < bytes.length; ) {
    const end = at + sizes();
    const piece = bytes.subarray(at, end);
    await new Promise<void>((resolve) => socket.write(piece, () => resolve()));
    at = end;
  }
  socket.end();
  await once(socket, "end");
  return Buffer.concat(received).toString();
}

test("a server answers the same however the bytes are cut", async (t) => {
  // One call in flight after the other, so that the answers come in the order of the calls.
  const server = await serve(t);
  let packet = 0;
  assert.equal(await exchange(server.address, requests(CALLS), () => 1), answers(CALLS));
  assert.equal(await exchange(server.address, requests(CALLS), () => 1 + (packet++ % 9)), answers(CALLS));
});

test(`a server answers ${MANY} calls in one packet`, async (t) => {
  const server = await serve(t);
  const bytes = requests(MANY);
  assert.equal(await exchange(server.address, bytes, () => bytes.length), answers(MANY));
});
