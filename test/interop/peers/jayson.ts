/** The methods of `example.ts` on a server of jayson, and its clients as callers. */
import { once } from "node:events";
import type { AddressInfo, Server as NetServer } from "node:net";
import type { TestContext } from "node:test";
import jayson from "jayson";
import { cleanUp } from "../../support/cleanup.ts";
import { FAILURE } from "../example.ts";
import type { Caller } from "../rows.ts";
import { Shelf } from "../shelf.mjs";

type Answer = (error: object | null, result?: unknown) => void;

/** What carries no calls yet: `jaysonServer().tcp()` does. */
export function jaysonServer(): jayson.Server {
  const held = new Shelf<unknown>();
  const notes = new Shelf<unknown>();
  return new jayson.Server({
    echo: ([value]: unknown[], answer: Answer) => answer(null, value),
    add: ([a, b]: number[], answer: Answer) => answer(null, Number(a) + Number(b)),
    subtract: (by: { minuend: number; subtrahend: number }, answer: Answer) => answer(null, by.minuend - by.subtrahend),
    fail: (_: unknown, answer: Answer) => answer(FAILURE),
    hold: (_: unknown, answer: Answer) => void held.take().then((value) => answer(null, value)),
    release: ([value]: unknown[], answer: Answer) => answer(null, held.put(value)),
    note: ([text]: unknown[], answer: Answer) => answer(null, notes.put(text)),
    noted: (_: unknown, answer: Answer) => void notes.take().then((text) => answer(null, text)),
  });
}

/**
 * Has it listen; closed after the test.
 *
 * @returns its port
 */
export async function serveJayson(test: TestContext, server: NetServer): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUp(test, () => server.close());
  return (server.address() as AddressInfo).port;
}

/** A client of jayson as a caller. Their notifications are calls with the id null, which is not sent. */
export function callerOf(client: jayson.Client): Caller {
  const request = (method: string, params: readonly unknown[] | object, id?: null) =>
    new Promise<unknown>((resolve, reject) => {
      const settle: jayson.JSONRPCCallbackTypePlain = (error, response) => {
        if (error) reject(error);
        else if (response?.error) reject(response.error);
        else resolve(response?.result);
      };
      client.request(method, params, id, settle);
    });
  return {
    call: (method, params = []) => request(method, params),
    notify: (method, params = []) => request(method, params, null),
  };
}
