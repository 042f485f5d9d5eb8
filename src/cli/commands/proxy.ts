import type { Command } from "commander";
import { action, examples } from "../command.ts";
import { schemeOf } from "../connect/address.ts";
import { diallerOf } from "../connect/dial.ts";
import { listenFor } from "../connect/listen.ts";
import { addListenOptions, type ListenOptions, placesOf } from "../connect/listen-options.ts";
import { flag } from "../connect/meaning.ts";
import { addConnectOptions, type ConnectOptions, FOR_TEXTS, framingOption } from "../connect/options.ts";
import { ExitCode } from "../exit-code.ts";
import { aborted, interruption } from "../interruption.ts";
import { out } from "../output/out.ts";
import { safeText } from "../output/safe-text.ts";
import { Relay } from "../proxy/relay.ts";
import type { Watch } from "../proxy/watch.ts";
import { WireLog } from "../proxy/wire-log.ts";
import { shownMessages } from "../wire/show-message.ts";

interface ProxyCommandOptions extends Omit<ListenOptions, "framing">, ConnectOptions {
  readonly listenFraming?: string;
  readonly listenCreds?: string;
  readonly listenNkey?: string;
  readonly listenToken?: string;
  readonly log?: string;
}

/** `tsjason proxy`. */
export function addProxy(program: Command): void {
  const command = program
    .command("proxy")
    .description("bridge any transport and framing to any other, in both directions")
    .argument("<listen>", "where clients come in: ws://127.0.0.1:8080, http://…, tcp://…, unix:/path, stdio:")
    .argument("<target>", "where they are taken: tcp://127.0.0.1:7080, http://…, stdio: with -- and a program, …")
    .option("--log <file>", "record every message there, as lines of JSON for replay");
  command.addOption(
    framingOption("--listen-framing <name>", "as --framing, which is the target's, for those who come in"),
  );
  addConnectOptions(addListenOptions(command, "--listen-"), FOR_TEXTS)
    .addHelpText(
      "after",
      `
Each connection that comes in gets one of its own to the target; messages pass as they are. Over HTTP each request is
passed on by itself, and what the target says unasked cannot be.
Where either side is HTTP or NATS, a call that is not answered within --timeout gets error -32098. From connection to
connection calls pass without a limit of their own: --timeout is for dialling, and for what is still owed when one has ended.
${examples(
  ["tsjason proxy ws://127.0.0.1:8080 tcp://127.0.0.1:7080", "a browser reaches a service that speaks netstrings"],
  ["tsjason proxy stdio: tcp://127.0.0.1:7080 --listen-framing newline", "a shell does, a line a message"],
  [
    "tsjason proxy tcp://127.0.0.1:7081 stdio: --framing content-length -- my-language-server --stdio",
    "a language server on a port",
  ],
  ["tsjason proxy http://127.0.0.1:8080/rpc tcp://127.0.0.1:7080 --log calls.jsonl", "record what passes"],
)}`,
    )
    .action(action(proxy));
}

async function proxy(listenAddress: string, target: string, options: ProxyCommandOptions): Promise<ExitCode> {
  const dialler = diallerOf(target, { ...options, verbose: false });
  const own = ownOf(options);
  // Before the recording is begun.
  placesOf([listenAddress], own, ownFlag);
  const log = options.log === undefined ? undefined : await WireLog.open(options.log, logFailed);
  const relay = new Relay({
    dial: (signal) => dialler.dial(signal),
    watch: watchOf(log, options.verbose === true),
    refused: (error) => out.note(`refused: ${safeText(error.message)}`),
    timeout: options.timeout,
  });
  const signal = interruption();
  const listener = await listenFor(listenAddress, own, relay, ownFlag);
  const inPipe = schemeOf(listenAddress) === "stdio";
  // On its own stdin and stdout it is a part of a pipe, which has nothing to tell.
  if (!inPipe) out.note(`listening on ${listener.address}, taking clients to ${dialler.address}`);
  const ended = inPipe ? (listener.ended ?? Promise.resolve()).then(() => relay.idle()) : new Promise<void>(() => {});
  await Promise.race([aborted(signal), ended]);
  const closing = listener.close();
  await relay.close();
  await closing;
  await listener.end?.(1_000);
  await log?.close();
  return inPipe && relay.failures > 0 ? ExitCode.NoConnection : ExitCode.Ok;
}

/* What the target has too. */
const SHARED = ["framing", "creds", "nkey", "token"];

/** The options of the side that listens, as other commands that listen have them. */
function ownOf(options: ProxyCommandOptions): ListenOptions {
  const { listenFraming, listenCreds, listenNkey, listenToken, ...rest } = options;
  const own = { framing: listenFraming, creds: listenCreds, nkey: listenNkey, token: listenToken };
  const { framing, creds, nkey, token, ...others } = rest;
  return { ...others, ...Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)) };
}

function ownFlag(option: string): string {
  return flag(SHARED.includes(option) ? `listen${option[0]?.toUpperCase()}${option.slice(1)}` : option);
}

function logFailed(error: Error): void {
  out.note(`${out.paintError("red", "the recording ended:")} ${error.message}`);
}

function watchOf(log: WireLog | undefined, verbose: boolean): Watch {
  return {
    passed(connection, from, text) {
      log?.add(connection, from, text);
      if (!verbose) return;
      const mark = out.paintError("dim", `#${connection} ${from === "client" ? ">" : "<"}`);
      for (const line of shownMessages(text, out.paintError)) out.note(`${mark} ${line}`);
    },
    note: (connection, what) => out.note(`${out.paintError("dim", `#${connection}`)} ${safeText(what)}`),
  };
}
