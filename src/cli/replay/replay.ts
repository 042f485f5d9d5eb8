import type { ResponseMessage } from "../../protocol/message.ts";
import type { WireRecord } from "../proxy/wire-log.ts";
import { canonical } from "../wire/canonical.ts";
import type { Conversation } from "../wire/conversation.ts";
import { membersOf } from "../wire/replies.ts";
import type { Difference, Outcome } from "./difference.ts";
import { Player } from "./player.ts";
import { isSaid, type Said, shownSaid, wordsOf } from "./said.ts";

/**
 * Plays a recording to a server, in the recording's order: a message is sent when all that came before it then has come now,
 * or did not in time: answers, and what the server said of its own accord. Answers are compared by their ids, whatever
 * their order.
 */
export class Replay {
  readonly outcome: Outcome = { sent: 0, compared: 0, awaited: 0, differences: [] };
  readonly #dial: () => Promise<Conversation>;
  readonly #timeout: number;
  readonly #players = new Map<number, Player>();
  /** When something last went as it did then: what does not come is waited for from there on, all of it together. */
  #since = 0;

  /** @param timeout - milliseconds for an answer, or for what the server says of its own accord */
  constructor(dial: () => Promise<Conversation>, timeout: number) {
    this.#dial = dial;
    this.#timeout = timeout;
  }

  /**
   * @param signal - ends it, with the outcome so far
   * @throws what the dial throws
   */
  async play(records: readonly WireRecord[], signal: AbortSignal): Promise<void> {
    const connections = byConnection(records);
    signal.addEventListener("abort", () => this.close(), { once: true });
    for (const { connection, from, text } of records) {
      const player =
        this.#players.get(connection) ?? (await this.#begin(connection, connections.get(connection) ?? []));
      if (from === "client") this.#send(player, text);
      else await this.#await(player, connection, text, signal);
      if (signal.aborted) return;
    }
    for (const [connection, player] of this.#players) {
      await this.#settle(player);
      if (!signal.aborted) this.#extra(connection, player);
    }
  }

  close(): void {
    for (const { conversation } of this.#players.values()) conversation.close();
  }

  async #begin(connection: number, records: readonly WireRecord[]): Promise<Player> {
    const player = new Player(await this.#dial(), records);
    this.#players.set(connection, player);
    this.#since = performance.now();
    return player;
  }

  #send(player: Player, text: string): void {
    if (!player.send(text)) return;
    this.#since = performance.now();
    this.outcome.sent++;
  }

  /** Waits for all that a text of the server's has. */
  async #await(player: Player, connection: number, text: string, signal: AbortSignal): Promise<void> {
    for (const member of membersOf(text)) {
      let difference: Difference | undefined;
      if (member.kind === "response") difference = await this.#compare(player, connection, member);
      else if (isSaid(member)) difference = await this.#hear(player, connection, member);
      if (signal.aborted) return;
      if (member.kind === "response") this.outcome.compared++;
      else if (isSaid(member)) this.outcome.awaited++;
      if (difference) this.outcome.differences.push(difference);
    }
  }

  async #compare(player: Player, connection: number, then: ResponseMessage): Promise<Difference | undefined> {
    const now = await this.#until(player, () => player.takeAnswer(then.id));
    const expected = answerOf(then);
    const got = now && answerOf(now);
    if (got && canonical(got) === canonical(expected)) return undefined;
    const why = got ? {} : { why: this.#whyNothing(player) };
    return { connection, id: then.id, method: player.methodOf(then), expected, got, ...why };
  }

  /** Notifications tell what happens, which need not be the same: that they come is enough. */
  async #hear(player: Player, connection: number, then: Said): Promise<Difference | undefined> {
    const now = await this.#until(player, () => player.takeSaid(then));
    player.passed(then, now);
    if (now && (then.kind === "notification" || wordsOf(now) === wordsOf(then))) return undefined;
    const why = now ? {} : { why: this.#whyNothing(player) };
    const got = now && shownSaid(now);
    return { connection, id: idOf(then), method: then.method, expected: shownSaid(then), got, ...why };
  }

  /** Waits until something can be taken. */
  async #until<T>({ conversation }: Player, take: () => T | undefined): Promise<T | undefined> {
    let taken: T | undefined;
    const isTaken = () => {
      taken ??= take();
      return taken !== undefined;
    };
    const left = this.#since + this.#timeout - performance.now();
    if (await conversation.until(isTaken, Math.max(0, left))) this.#since = performance.now();
    return taken;
  }

  /** Over exchanges it shows only now whether the last messages were taken, and how those were answered that were not then. */
  async #settle({ conversation }: Player): Promise<void> {
    const left = this.#since + this.#timeout - performance.now();
    await conversation.until(() => !conversation.going, Math.max(0, left));
  }

  #whyNothing({ conversation }: Player): string {
    if (conversation.troubles.length > 0) return conversation.troubles.at(-1) as string;
    return conversation.over ? "the server has closed the connection" : `nothing came within ${this.#timeout} ms`;
  }

  /** Answers and requests that the recording does not have. */
  #extra(connection: number, player: Player): void {
    player.read();
    for (const answer of player.answers) {
      const method = player.methodOf(answer);
      this.outcome.differences.push({
        ...{ connection, id: answer.id, method },
        ...{ expected: undefined, got: answerOf(answer) },
      });
    }
    for (const said of player.said) {
      if (said.kind !== "request") continue;
      const { method } = said;
      this.outcome.differences.push({
        ...{ connection, id: idOf(said), method },
        ...{ expected: undefined, got: shownSaid(said) },
      });
    }
  }
}

function byConnection(records: readonly WireRecord[]): ReadonlyMap<number, readonly WireRecord[]> {
  const connections = new Map<number, WireRecord[]>();
  for (const record of records) {
    const those = connections.get(record.connection);
    if (those) those.push(record);
    else connections.set(record.connection, [record]);
  }
  return connections;
}

function idOf(said: Said): unknown {
  return said.kind === "request" ? JSON.parse(said.id) : undefined;
}

function answerOf({ result, error }: ResponseMessage): object {
  return error ? { error } : { result };
}
