import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidResponseError } from "../../src/connection/errors/invalid-response-error.ts";
import { httpServer } from "../support/http.ts";
import { clientOf } from "../support/served.ts";
import { rejection } from "../support/settling.ts";

describe("a client over HTTP, of a hostile server", () => {
  const answering = async (t: Parameters<typeof httpServer>[0], text: string) => {
    const address = await httpServer(t, (request, response) => {
      request.resume();
      response.setHeader("content-type", "application/json").end(text);
    });
    return clientOf(t, address, { limits: { depth: 100 } });
  };

  it("does not let one answer fill its log", async (t) => {
    const stray = '{"jsonrpc":"2.0","id":77,"result":0}';
    const client = await answering(t, `[${Array.from({ length: 900 }, () => stray).join()}]`);
    await rejection(client.call("m"), InvalidResponseError);
    assert.equal(client.log.lines("warn").length, 6);
    assert.match(client.log.lines("warn").at(-1) ?? "", /895 more messages/);
  });

  it("rejects a call whose answer is nested too deep", async (t) => {
    const deep = `${"[".repeat(200)}${"]".repeat(200)}`;
    const client = await answering(t, `{"jsonrpc":"2.0","id":1,"result":${deep}}`);
    assert.match((await rejection(client.call("m"), InvalidResponseError)).message, /deeper than limits.depth, 100/);
  });
});
