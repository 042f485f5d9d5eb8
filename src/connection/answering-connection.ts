import type { CallerConnection } from "../service/context.ts";
import type { ExchangeOptions } from "../service/exchanges.ts";
import type { Logger } from "../service/logger.ts";
import type { PeerInfo } from "../service/peer.ts";
import { CannotPushError } from "./errors/cannot-push-error.ts";
import type { ExchangeCaller } from "./exchange.ts";

/** Who sends a text, as the service wants to know it. */
export class Asker implements ExchangeOptions {
  readonly isAnyone: boolean;
  readonly connection: AnsweringConnection;
  readonly #caller: ExchangeCaller;

  constructor(caller: ExchangeCaller, logger: Logger) {
    this.isAnyone = caller.isAnyone === true;
    this.connection = new AnsweringConnection(caller.peer, logger);
    this.#caller = caller;
  }

  /** Nobody looks at it without need. */
  get signal(): AbortSignal | undefined {
    return this.#caller.signal;
  }
}

/** The same, with what those who may be anyone have in common made once. */
export function callersOptions(logger: Logger): (caller: ExchangeCaller) => ExchangeOptions {
  let anyone: ExchangeOptions | undefined;
  return (caller) => {
    if (caller.isAnyone !== true) return new Asker(caller, logger);
    anyone ??= new Asker(caller, logger);
    return anyone;
  };
}

/** What a handler sees of a peer that cannot be called: who it is. */
export class AnsweringConnection implements CallerConnection {
  readonly peer: PeerInfo;
  readonly #logger: Logger;

  constructor(peer: PeerInfo, logger: Logger) {
    this.peer = peer;
    this.#logger = logger;
  }

  /** @throws CannotPushError, as a rejection, always */
  call(method: string): Promise<never> {
    return Promise.reject(new CannotPushError(method, this.peer.transport));
  }

  /** @throws CannotPushError, as a rejection, always; nobody has to look at it, for it is logged */
  notify(method: string): Promise<never> {
    const error = new CannotPushError(method, this.peer.transport);
    this.#logger.warn(error.message);
    const failed = Promise.reject(error);
    failed.catch(() => {});
    return failed;
  }
}
