import type { ExchangeOptions } from "../../connection/exchange.ts";
import type { BodyPieces } from "./body.ts";
import type { HttpHeaders } from "./options.ts";

/** What a sender is told of a request. */
export type SendOptions = Pick<ExchangeOptions, "signal" | "whenGivenUp" | "sent">;

/** What sends requests: the seam between what a client does with HTTP and whatever a platform does it by. */
export interface HttpSender {
  /**
   * Sends a text as the body of a POST, unless it was given up before.
   *
   * @returns the answer, as soon as its head is there
   * @throws ExchangeError `unreachable`, as a rejection, when nothing was sent; anything else when something may have been
   */
  send(text: string, headers: HttpHeaders, options: SendOptions): Promise<HttpReply>;

  /**
   * What a body of its answers is read into.
   *
   * @param limit - in bytes
   */
  pieces(limit: number): BodyPieces;

  /** Puts its connections away. */
  close(): void;
}

/** What comes back. Its body is to be read, to the end or to the end of what may come. */
export interface HttpReply {
  /** 0 where the platform does not tell. */
  readonly status: number;
  readonly isRedirect: boolean;
  readonly contentType: string | null;
  /**
   * Reads the body.
   *
   * @returns whether that was all; if not, the rest is not read, and the pieces are full
   * @throws what the platform says when it breaks off
   */
  readInto(pieces: BodyPieces): Promise<boolean>;
}
