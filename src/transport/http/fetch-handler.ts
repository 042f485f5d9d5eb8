import type { PeerInfo, RequestHeaders } from "../../service/peer.ts";
import { refused } from "./answer.ts";
import { type BodyPieces, readStream } from "./body.ts";
import { answerTo, type HttpFront, type HttpRequest } from "./serve.ts";

/** What a server of the Fetch API does with a request. What else the platform gives it is not looked at. */
export type FetchHandler = (request: Request, ...rest: unknown[]) => Promise<Response>;

/**
 * Answers requests of the Fetch API.
 *
 * @param addressOf - the client's IP address, by what the platform gives besides the request
 */
export function fetchHandlerOf(
  front: HttpFront,
  addressOf: (request: Request, ...rest: unknown[]) => string | undefined,
): FetchHandler {
  return async (request, ...rest) => {
    try {
      const { status, headers, body } = await answerTo(front, new FetchRequest(request, addressOf(request, ...rest)));
      return new Response(body ?? null, { status, headers });
    } catch (error) {
      if (request.signal.aborted) return new Response(null, { status: 499 });
      front.failed(new Error("a request cannot be served", { cause: error }));
      const { status, headers, body = null } = refused(500, "this cannot be served");
      return new Response(body, { status, headers });
    }
  };
}

/** A request of the Fetch API, as {@link HttpRequest} has it. */
class FetchRequest implements HttpRequest {
  readonly peer: PeerInfo;
  readonly #request: Request;
  readonly #url: URL;
  #headers: RequestHeaders | undefined;

  constructor(request: Request, address: string | undefined) {
    this.#request = request;
    this.#url = new URL(request.url);
    this.peer = { transport: this.#url.protocol.slice(0, -1), address };
  }

  get method(): string {
    return this.#request.method;
  }

  get url(): string {
    return this.#url.pathname + this.#url.search;
  }

  get headers(): RequestHeaders {
    this.#headers ??= Object.fromEntries(this.#request.headers);
    return this.#headers;
  }

  get signal(): AbortSignal {
    return this.#request.signal;
  }

  header(name: string): string | undefined {
    // Some platforms have made the URL of it, and left it out.
    return this.#request.headers.get(name) ?? (name === "host" ? this.#url.host : undefined);
  }

  read(limit: number): Promise<BodyPieces | undefined> {
    return readStream(this.#request.body, limit, this.#request.signal);
  }
}
