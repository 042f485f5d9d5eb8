import { Connection, type ConnectionOptions } from "../../src/connection/connection.ts";
import type { Limits } from "../../src/protocol/limits.ts";
import { channelPair, FakeClock } from "../../src/testing/index.ts";
import { Inbox } from "./inbox.ts";
import { Log } from "./log.ts";
import { Recorder } from "./recorder.ts";

/**
 * The other end of a connection, played by the test: it says word for word what the script says, also what no
 * library would.
 */
export class ScriptedPeer extends Recorder {
  readonly inbox = new Inbox();

  /** Says a value as JSON. */
  say(value: unknown): void {
    this.channel.send(JSON.stringify(value));
  }

  /** Says a text as it is. */
  sayText(text: string): void {
    this.channel.send(text);
  }

  call(id: unknown, method: string, params?: unknown): void {
    this.say({ jsonrpc: "2.0", id, method, params });
  }

  notify(method: string, params?: unknown): void {
    this.say({ jsonrpc: "2.0", method, params });
  }

  answer(id: unknown, result: unknown): void {
    this.say({ jsonrpc: "2.0", id, result });
  }

  refuse(id: unknown, code: number, message: string, data?: unknown): void {
    this.say({ jsonrpc: "2.0", id, error: { code, message, data } });
  }

  override message(text: string): void {
    this.inbox.add(text);
    super.message(text);
  }

  /** When the other end has ended, so does this one. */
  override ended(): void {
    this.inbox.end("the other end has ended");
    super.ended();
    this.channel.close();
  }

  override closed(reason: Error | undefined): void {
    this.inbox.end("it is over");
    super.closed(reason);
  }
}

/** A connection in memory whose other end the test plays. */
export function scripted(options: ConnectionOptions & { readonly channel?: Partial<Limits> } = {}) {
  const { channel, ...given } = options;
  const clock = new FakeClock();
  const log = new Log();
  const [here, there] = channelPair(channel);
  const peer = new ScriptedPeer(there);
  const connection = new Connection(here, { clock, logger: log, ...given });
  return { connection, peer, clock, log };
}

/** Two connections in memory, each the other's peer. */
export function joined(left: ConnectionOptions = {}, right: ConnectionOptions = {}, limits: Partial<Limits> = {}) {
  const clock = new FakeClock();
  const log = new Log();
  const [here, there] = channelPair(limits);
  return {
    left: new Connection(here, { clock, logger: log, ...left }),
    right: new Connection(there, { clock, logger: log, ...right }),
    clock,
    log,
  };
}
