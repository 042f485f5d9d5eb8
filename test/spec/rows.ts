/** Rows of what is sent to a service and what it answers, each checked by `handle` and over a connection. */
import assert from "node:assert/strict";
import { Connection } from "../../src/connection/connection.ts";
import type { LimitOptions } from "../../src/protocol/limits.ts";
import type { Service } from "../../src/service/service.ts";
import { channelPair, type MemoryChannel } from "../../src/testing/index.ts";
import { silent } from "../service/kit.ts";
import { Recorder } from "../support/recorder.ts";

export { silent };

/** One row: texts on the wire. */
export interface Row {
  readonly name: string;
  readonly sent: string;
  /** What comes back, compared as JSON; `undefined` when nothing does. */
  readonly answered: string | undefined;
  /** Compare the text itself, to the last digit and space. */
  readonly exactly?: boolean;
  /** What comes back over a connection, where that differs. */
  readonly overConnection?: string | undefined;
}

/**
 * Sends a row's text to two services, to one by `handle` and to the other over a connection, and compares the answers.
 *
 * @param limits - of the connection
 */
export async function check(makeService: () => Service, row: Row, limits?: LimitOptions): Promise<void> {
  const overConnection = Object.hasOwn(row, "overConnection") ? row.overConnection : row.answered;
  const read = (text: string | undefined) => (row.exactly || text === undefined ? text : (JSON.parse(text) as unknown));
  assert.deepEqual(
    {
      handle: read(await makeService().handle(row.sent)),
      connection: (await askOver(makeService(), row.sent, limits)).map(read),
    },
    {
      handle: read(row.answered),
      connection: overConnection === undefined ? [] : [read(overConnection)],
    },
  );
}

const last = '{"jsonrpc":"2.0","id":"the last one","method":"there is no such method"}';

/** What a service answers to a text over a connection, in so far as it answers at once. */
export async function askOver(service: Service, text: string, limits?: LimitOptions): Promise<string[]> {
  const peer = RawPeer.of(service, limits);
  peer.send(text);
  peer.send(last);
  const answers: string[] = [];
  for (;;) {
    const answer = await peer.next();
    if (answer.includes('"the last one"')) return answers;
    answers.push(answer);
  }
}

/** The other end of a connection, which says what it likes and sees every text. */
export class RawPeer {
  readonly #end: Recorder;
  #taken = 0;

  constructor(channel: MemoryChannel) {
    this.#end = new Recorder(channel);
  }

  /** A peer of a service. */
  static of(service: Service, limits?: LimitOptions): RawPeer {
    const [here, there] = channelPair();
    new Connection(there, { service, limits, logger: silent });
    return new RawPeer(here);
  }

  send(text: string): void {
    this.#end.channel.send(text);
  }

  /** The next text that arrives. */
  async next(): Promise<string> {
    await this.#end.received(this.#taken + 1);
    return this.#end.messages[this.#taken++] as string;
  }
}

/** The text of an error answer. */
export function failure(id: string, code: number, message: string, data?: string): string {
  const error = `{"code":${code},"message":${JSON.stringify(message)}${data === undefined ? "" : `,"data":${data}`}}`;
  return `{"jsonrpc":"2.0","id":${id},"error":${error}}`;
}

export const parseError = failure("null", -32700, "Parse error");
export const invalidRequest = (id = "null") => failure(id, -32600, "Invalid Request");
export const methodNotFound = (id: string) => failure(id, -32601, "Method not found");
export const invalidParams = (id: string, issue: string) =>
  failure(id, -32602, "Invalid params", `{"issues":[{"path":[],"message":${JSON.stringify(issue)}}]}`);
export const internalError = (id: string) => failure(id, -32603, "Internal error");

/** The text of a result's answer. */
export const success = (id: string, result: string) => `{"jsonrpc":"2.0","id":${id},"result":${result}}`;
