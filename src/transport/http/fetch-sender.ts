import { ExchangeError } from "../../connection/errors/exchange-error.ts";
import { type BodyPieces, Pieces, readInto } from "./body.ts";
import type { HttpReply, HttpSender } from "./sender.ts";
import { whyUnreached } from "./unreached.ts";

/**
 * Sends by `fetch`, which keeps the connections.
 *
 * @param given - default: the platform's
 */
export function fetchSender(url: string, given: typeof globalThis.fetch | undefined): HttpSender {
  // Whatever it is called on, a browser's fetch wants to be called on nothing.
  const request: typeof globalThis.fetch = given ?? ((input, init) => fetch(input, init));
  return {
    async send(body, headers, { signal }) {
      try {
        // What was sent is not to be sent to somebody else, who may be told what is none of their business.
        const init = { method: "POST", body, headers, signal, redirect: "manual" } as const;
        return new FetchReply(await request.call(undefined, url, init));
      } catch (error) {
        const cause = whyUnreached(error);
        if (cause) throw new ExchangeError("unreachable", cause.message, { cause });
        throw error;
      }
    },

    pieces: (limit) => new Pieces(limit),

    close() {
      // The connections are the platform's.
    },
  };
}

class FetchReply implements HttpReply {
  readonly status: number;
  readonly isRedirect: boolean;
  readonly contentType: string | null;
  readonly #body: Response["body"];

  constructor({ status, type, headers, body }: Response) {
    this.status = status;
    this.isRedirect = type === "opaqueredirect" || (status >= 300 && status < 400);
    this.contentType = headers.get("content-type");
    this.#body = body;
  }

  readInto(pieces: BodyPieces): Promise<boolean> {
    return readInto(pieces, this.#body);
  }
}
