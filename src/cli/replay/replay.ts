import type { ResponseMessage } from "../../protocol/message.ts";
import type { WireRecord } from "../proxy/wire-log.ts";
import { canonical } from "../wire/canonical.ts";
import type { Conversation } from "../wire/conversation.ts";
import { membersOf } from "../wire/replies.ts";

/** An answer that is not what it was. */
export interface Difference {
  readonly connection: number;
  readonly id: unknown;
  /** The method that was called, where the recording has the call. */
  readonly method: string | undefined;
  /** What the recording has: `{ result }` or `{ error }`; `undefined` where it has no such answer. */
  readonly expected: object | undefined;
  /** What came now; `undefined` when nothing did. */
  readonly got: object | undefined;
  /** Why nothing did, where that is known. */
  readonly why?: string;
}

/** What a replay has shown. */
export interface Outcome {
  /** Messages that were sent. */
  sent: number;
  /** Answers that were compared. */
  compared: number;
  readonly differences: Difference[];
}

/** A connection of the recording, and the one that stands for it now. */
interface Player {
  readonly conversation: Conversation;
  /** The methods of the calls that were sent, by id. */
  readonly methods: Map<string, string>;
  /** The answers that came and were not compared yet. */
  readonly answers: ResponseMessage[];
  /** How many of its texts were read. */
  read: number;
}

/**
 * Plays a recording to a server, in the recording's order: a message is sent when all answers that came before it then have come
 * now, or did not in time. Answers are compared by their ids, whatever their order.
 */
export class Replay {
  readonly outcome: Outcome = { sent: 0, compared: 0, differences: [] };
  readonly #dial: () => Promise<Conversation>;
  readonly #timeout: number;
  readonly #players = new Map<number, Player>();

  /** @param timeout - milliseconds for an answer */
  constructor(dial: () => Promise<Conversation>, timeout: number) {
    this.#dial = dial;
    this.#timeout = timeout;
  }

  /** @throws what the dial throws */
  async play(records: readonly WireRecord[], signal: AbortSignal): Promise<void> {
    for (const record of records) {
      if (signal.aborted) return;
      const player = this.#players.get(record.connection) ?? (await this.#begin(record.connection));
      if (record.from === "client") this.#send(player, record.text);
      else await this.#compare(player, record);
    }
    for (const [connection, player] of this.#players) this.#extra(connection, player);
  }

  close(): void {
    for (const { conversation } of this.#players.values()) conversation.close();
  }

  async #begin(connection: number): Promise<Player> {
    const player = { conversation: await this.#dial(), methods: new Map(), answers: [], read: 0 };
    this.#players.set(connection, player);
    return player;
  }

  #send({ conversation, methods }: Player, text: string): void {
    for (const member of membersOf(text)) if (member.kind === "request") methods.set(member.id, member.method);
    conversation.send(text);
    this.outcome.sent++;
  }

  async #compare(player: Player, { connection, text }: WireRecord): Promise<void> {
    for (const member of membersOf(text)) {
      if (member.kind !== "response") continue;
      const got = await this.#answerTo(player, member);
      this.outcome.compared++;
      const expected = answerOf(member);
      if (got && canonical(answerOf(got)) === canonical(expected)) continue;
      this.outcome.differences.push({
        connection,
        id: member.id,
        method: player.methods.get(member.rawId ?? JSON.stringify(member.id)),
        expected,
        got: got && answerOf(got),
        ...(!got && { why: player.conversation.troubles.at(-1) ?? `no answer within ${this.#timeout} ms` }),
      });
    }
  }

  /** Takes the answer with the id of the recorded one out of those that came. */
  async #answerTo(player: Player, { id }: ResponseMessage): Promise<ResponseMessage | undefined> {
    const find = () => {
      this.#read(player);
      return player.answers.findIndex((answer) => answer.id === id);
    };
    await player.conversation.until(() => find() >= 0, this.#timeout);
    const index = find();
    return index < 0 ? undefined : player.answers.splice(index, 1)[0];
  }

  #read(player: Player): void {
    const { texts } = player.conversation;
    for (; player.read < texts.length; player.read++) {
      for (const member of membersOf(texts[player.read] ?? "")) {
        if (member.kind === "response") player.answers.push(member);
      }
    }
  }

  /** Answers that the recording does not have. */
  #extra(connection: number, player: Player): void {
    this.#read(player);
    for (const answer of player.answers) {
      const method = player.methods.get(answer.rawId ?? JSON.stringify(answer.id));
      const got = answerOf(answer);
      this.outcome.differences.push({ connection, id: answer.id, method, expected: undefined, got });
    }
  }
}

function answerOf({ result, error }: ResponseMessage): object {
  return error ? { error } : { result };
}
