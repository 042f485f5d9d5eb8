import { ErrorCode } from "../protocol/codes.ts";
import { isTooDeep, tooDeep } from "../protocol/depth.ts";
import type { RpcError } from "../protocol/errors/rpc-error.ts";
import type { Limits } from "../protocol/limits.ts";
import type { ResponseMessage, SingleMessage } from "../protocol/message.ts";
import type { Version } from "../protocol/version.ts";
import type { Logger } from "../service/logger.ts";
import { isRefusalOfClosing, logFlaw, logStray, settle } from "./answers.ts";
import { Complaints } from "./complaints.ts";
import type { Exchange } from "./exchange.ts";
import type { Going } from "./going.ts";
import type { PendingCalls } from "./pending-calls.ts";

/** What is needed to read answers. */
export interface ExchangedAnswersOptions {
  /** The other end, as the log names it. */
  readonly address: string;
  readonly limits: Limits;
  readonly pending: PendingCalls;
  readonly logger: Logger;
  readonly version: Version;
}

/** What exchanges bring back: finds the calls of an exchange that its answer names, and settles them. */
export class ExchangedAnswers {
  readonly #exchange: Exchange;
  readonly #options: ExchangedAnswersOptions;

  constructor(exchange: Exchange, options: ExchangedAnswersOptions) {
    this.#exchange = exchange;
    this.#options = options;
  }

  /**
   * Settles the calls that an answer names.
   *
   * @returns what becomes of the others: an error that names no call, and so means them; or what the answer lacks
   */
  take(going: Going, text: string): RpcError | string {
    const { version, limits, logger, address: who } = this.#options;
    const read = version.parse(text, limits.batchLength);
    const message = (isTooDeep(read, text, limits.depth) && tooDeep(read, limits.depth)) || read;
    let complaint: RpcError | undefined;
    // One answer must not be able to fill a log.
    const log = new Complaints(logger, { who, complained: () => {} });
    for (const member of message.kind === "batch" ? message.members : [message]) {
      if (member.kind === "response") complaint = this.#settle(going, member, log) ?? complaint;
      else log.warn(`${who} sent something that is no answer: ${wordsFor(member)}`);
    }
    log.sumUp();
    return complaint ?? (message.kind === "invalid" ? wordsFor(message) : "it leaves this call out");
  }

  #settle(going: Going, response: ResponseMessage, log: Complaints): RpcError | undefined {
    const { id, flaw } = response;
    const { calls } = going;
    const { address, pending } = this.#options;
    const call = typeof id === "number" ? calls.get(id) : undefined;
    if (!call) {
      const complaint = logStray(response, address, log);
      return id === null ? complaint : undefined;
    }
    calls.delete(call.id);
    pending.remove(call);
    if (flaw !== undefined) logFlaw(flaw, address, log);
    if (isRefusalOfClosing(response)) this.#exchange.avoid?.(going.signal);
    settle(call, response);
    return undefined;
  }
}

function wordsFor(message: SingleMessage): string {
  if (message.kind !== "invalid") return `a ${message.kind}`;
  return message.error.code === ErrorCode.ParseError ? "it is no JSON" : "it is no JSON-RPC 2.0";
}
