/** jayson over WebSocket, on sockets that it is given. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import jayson from "jayson";
import { WebSocket, WebSocketServer } from "ws";
import { listen } from "../../src/server/server.ts";
import { cleanUp } from "../support/cleanup.ts";
import { Log } from "../support/log.ts";
import { clientOf } from "../support/served.ts";
import { interopService } from "./example.ts";
import { callerOf, jaysonServer } from "./peers/jayson.ts";
import { checkRows } from "./rows.ts";

describe("jayson over WebSocket", { timeout: 30_000 }, () => {
  it("calls tsjason", async (t) => {
    const log = new Log();
    const server = await listen(interopService(), "ws://127.0.0.1:0/rpc", { logger: log });
    cleanUp(t, () => server.close({ timeout: 0 }));
    const ws = new WebSocket(server.address);
    await once(ws, "open");
    await checkRows(t, callerOf(jayson.Client.websocket({ ws })));
    ws.close();
    await once(ws, "close");
    assert.deepEqual(log.lines(), []);
  });

  it("answers tsjason", async (t) => {
    const wss = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    await once(wss, "listening");
    cleanUp(t, () => wss.close());
    // Their types are for another version of ws.
    jaysonServer().websocket({ wss: wss as never });
    const { port } = wss.address() as AddressInfo;
    const client = clientOf(t, `ws://127.0.0.1:${port}`);
    await checkRows(t, client);
    await client.close();
    assert.deepEqual(client.log.lines(), []);
  });
});
