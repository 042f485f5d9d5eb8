import type { Channel } from "../../connection/channel.ts";
import { METHOD_NOT_FOUND } from "../../protocol/error-object.ts";
import type { RequestMessage } from "../../protocol/message.ts";
import { errorText, resultText } from "../../protocol/serialize.ts";
import { nameOf, type PeerInfo } from "../../service/peer.ts";
import { listenFor } from "../connect/listen.ts";
import type { ListenOptions } from "../connect/listen-options.ts";
import { ExitCode } from "../exit-code.ts";
import { aborted, interruption } from "../interruption.ts";
import { out } from "../output/out.ts";
import { safeText } from "../output/safe-text.ts";
import { UsageError } from "../usage-error.ts";
import { receiver } from "../wire/raw-receiver.ts";
import { repliesTo } from "../wire/replies.ts";
import { shownMessages } from "../wire/show-message.ts";
import { parseExactly } from "../words/exact-json.ts";

interface ListenCommandOptions extends ListenOptions {
  readonly answer?: string;
  readonly json?: boolean;
}

/** Does what `tsjason listen` is for. */
export async function run(address: string, options: ListenCommandOptions): Promise<ExitCode> {
  const reply = replyOf(options.answer);
  const printer = new Printer(options.json === true);
  const channels = new Set<Channel>();
  const signal = interruption();
  const listener = await listenFor(address, options, {
    accept(channel) {
      channels.add(channel);
      const connection = printer.connected(channel.peer);
      channel.open(
        receiver({
          message(text) {
            printer.text(connection, channel.peer, text);
            const answer = repliesTo(text, reply);
            if (answer !== undefined) channel.send(answer);
          },
          malformed: (violation) => printer.note(connection, `bytes that are no message: ${violation.message}`),
          ended: () => channel.close(),
          closed(reason) {
            channels.delete(channel);
            printer.note(connection, reason ? `lost: ${reason.message}` : "disconnected");
          },
        }),
      );
    },
    serve(text, { peer }) {
      printer.text(printer.next(), peer, text);
      return repliesTo(text, reply);
    },
    refused: (error) => out.note(`refused: ${safeText(error.message)}`),
  });
  out.note(`listening on ${listener.address}`);
  await Promise.race([aborted(signal), listener.ended ?? new Promise(() => {})]);
  const closing = listener.close();
  for (const channel of channels) channel.close();
  await closing;
  await listener.end?.(1_000);
  return ExitCode.Ok;
}

function replyOf(answer: string | undefined): (request: RequestMessage) => string {
  if (answer === undefined) return ({ id }) => errorText(id, METHOD_NOT_FOUND);
  let result: unknown;
  try {
    result = parseExactly(answer);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(`expected JSON as --answer, got ${JSON.stringify(answer.slice(0, 60))}`);
  }
  return ({ id }) => resultText(id, result);
}

/** Prints who comes and what they say. */
class Printer {
  readonly #json: boolean;
  #connections = 0;

  constructor(json: boolean) {
    this.#json = json;
  }

  next(): number {
    return ++this.#connections;
  }

  connected(peer: PeerInfo): number {
    const connection = this.next();
    this.note(connection, `connected: ${nameOf(peer)}`);
    return connection;
  }

  text(connection: number, peer: PeerInfo, text: string): void {
    if (this.#json) {
      out.line(JSON.stringify({ time: new Date().toISOString(), connection, peer: nameOf(peer), text }));
      return;
    }
    for (const line of shownMessages(text, out.paint)) out.line(`${out.paint("dim", `#${connection}`)} ${line}`);
  }

  note(connection: number, what: string): void {
    out.note(`${out.paintError("dim", `#${connection}`)} ${safeText(what)}`);
  }
}
