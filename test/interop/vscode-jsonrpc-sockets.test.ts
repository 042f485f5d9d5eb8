/** vscode-jsonrpc over sockets: who dialled whom does not matter, both ends call. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, connect as dial, type Socket } from "node:net";
import { describe, it, type TestContext } from "node:test";
import { ErrorCodes, type MessageConnection } from "vscode-jsonrpc/node";
import { InvalidParamsError } from "../../src/protocol/errors/invalid-params-error.ts";
import { ServiceUnavailableError } from "../../src/protocol/errors/service-unavailable-error.ts";
import { listen, type Server } from "../../src/server/server.ts";
import { cleanUp } from "../support/cleanup.ts";
import { Log } from "../support/log.ts";
import { clientOf } from "../support/served.ts";
import { rejection, watch } from "../support/settling.ts";
import { interopService } from "./example.ts";
import { connect } from "./peers/vscode-jsonrpc.mjs";
import { checkRows, failure } from "./rows.ts";
import { callerOf } from "./vscode-jsonrpc.ts";

const ADDRESS = "tcp://127.0.0.1:0?framing=content-length";

/** Our server, and their connection to it. */
async function theirsToOurs(test: TestContext): Promise<{ server: Server; log: Log; connection: MessageConnection }> {
  const log = new Log();
  const server = await listen(interopService(), ADDRESS, { logger: log });
  cleanUp(test, () => server.close({ timeout: 0 }));
  const socket = dial({ host: "127.0.0.1", port: Number(new URL(server.address).port), noDelay: true });
  cleanUp(test, () => socket.destroy());
  await once(socket, "connect");
  return { server, log, connection: connectedBy(test, socket) };
}

/** A server of theirs, and our client of it. */
async function oursToTheirs(test: TestContext) {
  const theirs: MessageConnection[] = [];
  const complaints: string[] = [];
  const server = createServer({ noDelay: true }, (socket) => {
    theirs.push(connectedBy(test, socket, (complaint) => complaints.push(complaint)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUp(test, () => server.close());
  const { port } = server.address() as AddressInfo;
  const client = clientOf(test, `tcp://127.0.0.1:${port}?framing=content-length`, { service: interopService() });
  return { client, theirs, complaints };
}

/**
 * They write a header and its text in two. Without `noDelay` the second waits until the first is acknowledged, 40 ms for
 * each message.
 */
function connectedBy(test: TestContext, socket: Socket, complain?: (message: string) => void): MessageConnection {
  cleanUp(test, () => socket.destroy());
  const connection = connect(socket, socket, complain);
  cleanUp(test, () => connection.dispose());
  return connection;
}

describe("vscode-jsonrpc as a client of tsjason", { timeout: 30_000 }, () => {
  it("calls, notifies, and gets its answers", async (t) => {
    const { connection, log } = await theirsToOurs(t);
    await checkRows(t, callerOf(connection));
    assert.deepEqual(log.lines(), []);
  });

  it("is called by the server, of its own accord and by a method", async (t) => {
    const { server, connection } = await theirsToOurs(t);
    const caller = callerOf(connection);
    assert.equal(await caller.call("callBack", ["add", [40, 2]]), 42);
    await caller.call("notifyBack", ["note", ["é"]]);
    const [ours] = server.connections;
    assert(ours);
    assert.equal(await ours.call("noted"), "é");
    await checkRows(t, ours);
  });

  it("gets -32602 for arguments that do not fit", async (t) => {
    const { connection } = await theirsToOurs(t);
    assert.equal((await failure(callerOf(connection).call("add", [1]))).code, ErrorCodes.InvalidParams);
  });

  it("reads a stopped service's -32097 as a code of its own with another meaning", async (t) => {
    const { server, connection } = await theirsToOurs(t);
    await server.service.stopServing(ServiceUnavailableError);
    const { code, message } = await failure(connection.sendRequest("add", 1, 2));
    assert.equal(code, ErrorCodes.PendingResponseRejected);
    assert.equal(message, "Service Unavailable");
  });
});

describe("vscode-jsonrpc as a server of tsjason", { timeout: 30_000 }, () => {
  it("answers, and takes notifications", async (t) => {
    const { client } = await oursToTheirs(t);
    await checkRows(t, client);
    assert.deepEqual(client.log.lines(), []);
  });

  it("calls its client, of its own accord and by a method", async (t) => {
    const { client, theirs } = await oursToTheirs(t);
    assert.equal(await client.call("callBack", ["add", [40, 2]]), 42);
    await client.call("notifyBack", ["note", ["é"]]);
    const [connection] = theirs;
    assert(connection);
    assert.equal(await callerOf(connection).call("noted"), "é");
    await checkRows(t, callerOf(connection));
  });

  it("gets -32602 for arguments that do not fit when it calls", async (t) => {
    const { client } = await oursToTheirs(t);
    await rejection(client.call("callBack", ["add", [1]]), InvalidParamsError);
  });

  it("answers no batch: the protocol of language servers has none", async (t) => {
    const { client, complaints } = await oursToTheirs(t);
    const abort = new AbortController();
    const batch = client.batch();
    const member = watch(batch.call("add", [1, 2]));
    const sent = batch.send({ signal: abort.signal });
    // They take one message after the other, so the batch was looked at before this.
    assert.equal(await client.call("add", [40, 2]), 42);
    assert.equal(member.settled, false);
    assert.match(complaints.join(), /^Received message which is neither a response nor a notification/);
    abort.abort();
    await sent;
  });
});
