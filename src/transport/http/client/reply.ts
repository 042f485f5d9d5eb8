import type { Buffer } from "node:buffer";
import { ExchangeError } from "../../../connection/errors/exchange-error.ts";
import type { BodyPieces } from "../body.ts";
import type { HttpReply } from "../sender.ts";
import { BodyReader } from "./body-reader.ts";
import type { ResponseHead } from "./response-head.ts";

/** What a reply needs of its connection. */
interface ReplyHost {
  /** What arrived and has not been read. */
  takeRest(): Buffer | undefined;
  /** The body was read; `rest` when more had arrived behind it. */
  over(rest: boolean): void;
  /** The rest is not to be read, or cannot be. */
  cut(reason: Error): void;
}

/** An answer, whose body is read off its connection when somebody wants it. */
export class ConnectionReply implements HttpReply {
  readonly status: number;
  readonly isRedirect: boolean;
  readonly contentType: string | null;
  /** Told when the body is wanted. */
  onReading: () => void = () => {};
  readonly #head: ResponseHead;
  readonly #host: ReplyHost;
  readonly #body: BodyReader;
  #pieces: BodyPieces | undefined;
  #resolve: (isAll: boolean) => void = () => {};
  #reject: (reason: unknown) => void = () => {};
  #failure: Error | undefined;
  #hasEnded = false;

  constructor(head: ResponseHead, host: ReplyHost) {
    this.#head = head;
    this.#host = host;
    this.#body = new BodyReader(head.length);
    this.status = head.status;
    this.isRedirect = head.status >= 300 && head.status < 400;
    this.contentType = head.contentType;
  }

  get isOver(): boolean {
    return this.#body.isOver;
  }

  get endsWithConnection(): boolean {
    return this.#head.length === "until close";
  }

  readInto(pieces: BodyPieces): Promise<boolean> {
    const { contentEncoding } = this.#head;
    if (contentEncoding.toLowerCase() !== "identity") {
      const says = `it is encoded as ${JSON.stringify(contentEncoding.slice(0, 100))}, which was not asked for`;
      this.#host.cut(new Error(says));
      return Promise.reject(new ExchangeError("no-text", says));
    }
    return new Promise((resolve, reject) => {
      this.#pieces = pieces;
      this.#resolve = resolve;
      this.#reject = reject;
      this.go();
      if (this.#failure) reject(this.#failure);
      else if (this.#hasEnded) resolve(true);
      else if (!this.isOver) this.onReading();
    });
  }

  /** Reads on in what arrived, once somebody wants it. */
  go(): void {
    const pieces = this.#pieces;
    if (!pieces) return;
    const bytes = this.#host.takeRest();
    let isFull = false;
    let end = 0;
    try {
      const take = (piece: Buffer) => {
        if (pieces.add(piece)) return true;
        pieces.fill(piece);
        isFull = true;
        return false;
      };
      if (bytes) end = this.#body.read(bytes, take);
    } catch (error) {
      this.#host.cut(error as Error);
      return;
    }
    if (isFull) {
      // The rest would have to be read for the connection to be kept, and there may be no end of it.
      this.#resolve(false);
      this.#host.cut(new Error("the answer was too long"));
    } else if (this.isOver) {
      this.#host.over(bytes !== undefined && end < bytes.length);
      this.#resolve(true);
    }
  }

  /** The connection has ended, and the body with it. */
  end(): void {
    this.go();
    this.#hasEnded = true;
    this.#host.over(false);
    this.#resolve(true);
  }

  fail(reason: Error): void {
    this.#failure = reason;
    this.#reject(reason);
  }
}
