import { once } from "node:events";
import type { Command } from "commander";
import { closeOnSignals } from "../../server/close-on-signals.ts";
import type { ServerOptions } from "../../server/options.ts";
import type { Logger } from "../../service/logger.ts";
import { action, examples } from "../command.ts";
import { addListenOptions, type ListenOptions, listenTransport, placesOf } from "../connect/listen-options.ts";
import { framingOption } from "../connect/options.ts";
import { ExitCode } from "../exit-code.ts";
import { shownError } from "../output/error.ts";
import { out } from "../output/out.ts";
import { safeLines, safeText } from "../output/safe-text.ts";
import { Front } from "../serve/front.ts";
import { loadDefault, moduleFile } from "../serve/load-module.ts";
import { serviceOf } from "../serve/service-of.ts";
import { watchFolderOf } from "../serve/watcher.ts";
import { UsageError } from "../usage-error.ts";
import { duration } from "../words/numbers.ts";

interface ServeCommandOptions extends ListenOptions {
  readonly listen: readonly string[];
  readonly namespace?: string;
  readonly timeout?: number;
  readonly drain: number;
  readonly watch?: boolean;
  readonly json?: boolean;
}

/** `tsjason serve`. */
export function addServe(program: Command): void {
  const command = program
    .command("serve")
    .description("serve what a module exports by default: a service, a handler, or an object of functions")
    .argument("<module>", "a file, JavaScript or TypeScript, or a package")
    .option("-l, --listen <addresses...>", "where; several addresses are served at once", ["tcp://127.0.0.1:7080"])
    .addOption(framingOption())
    .option("--namespace <name>", "put the handler's methods under it")
    .option("--timeout <time>", "how long a method may take; 0 for ever", duration)
    .option("--drain <time>", "at the end, how long what is in flight may take", duration, 10_000)
    .option("-w, --watch", "serve the module anew when a file in its folder changes")
    .option("--json", "for machines: a line of JSON for what happens, {event, …}");
  addListenOptions(command)
    .addHelpText(
      "after",
      `
The default export is a Service, an instance or a class of a handler, a plain object whose functions are the methods, or
a function that makes one of them. TypeScript takes the tsx of the module's project, or a Node.js that strips types.
With --watch, who is connected gets the answers that are owed and is disconnected; who dials next meets the new module.
One that cannot be loaded is told, and the last one goes on. SIGTERM and Ctrl-C drain, and exit with 0.
${examples(
  ["tsjason serve service.ts", "on tcp://127.0.0.1:7080"],
  ["tsjason serve service.js --listen tcp://127.0.0.1:7080 ws://127.0.0.1:8080", "on two addresses"],
  ["tsjason serve service.ts --watch -l unix:/tmp/app.sock", "and again whenever it changes"],
)}`,
    )
    .action(action(serve));
}

async function serve(module: string, options: ServeCommandOptions): Promise<ExitCode> {
  const places = placesOf(options.listen, options);
  const tell = teller(options.json === true);
  const file = moduleFile(module);
  const load = async (generation: number) =>
    await serviceOf(await loadDefault(file, generation), {
      namespace: options.namespace,
      ...(options.timeout !== undefined && { timeout: options.timeout }),
      logger: loggerOf(tell),
    });
  // Before anything listens: a module that cannot be loaded must not be dialled.
  const service = await unlessStuck(module, load(0)).catch((error) => cannotBeServed(module, error));
  const serverOptions: ServerOptions = { ...listenTransport(places, options), logger: loggerOf(tell) };
  const front = await Front.listen(places, serverOptions);
  front.serve(service, options.drain);
  for (const address of front.addresses) tell("listening", address, { address });
  const stop = options.watch ? keepNew(file, load, front, options.drain, tell) : () => {};
  const close = async () => {
    stop();
    tell("closing", "what is in flight has its time");
    await front.close(options.drain);
    tell("closed", "all is answered");
  };
  const forget = closeOnSignals(close);
  await front.ended;
  forget();
  stop();
  await front.close(options.drain);
  return ExitCode.Ok;
}

/** A module that awaits what never comes would end the process without a word, as nothing else is left to do. */
async function unlessStuck<T>(module: string, loading: Promise<T>): Promise<T> {
  const done = new AbortController();
  const stuck = once(process, "beforeExit", { signal: done.signal }).then(() => {
    throw new UsageError(`${module} cannot be served: it awaits something that never comes`);
  });
  try {
    return await Promise.race([loading, stuck]);
  } finally {
    done.abort();
  }
}

function cannotBeServed(module: string, error: unknown): never {
  if (error instanceof UsageError) throw error;
  // The module's own fault: its author wants to know where.
  if (error instanceof Error && error.stack !== undefined) out.note(safeLines(error.stack));
  throw new UsageError(`${module} cannot be served: ${error instanceof Error ? error.message : String(error)}`);
}

/** Serves the module anew whenever its files change, one after another. */
function keepNew(
  file: string,
  load: (generation: number) => Promise<Parameters<Front["serve"]>[0]>,
  front: Front,
  drain: number,
  tell: Tell,
): () => void {
  let generation = 0;
  let loading = Promise.resolve();
  const reload = async () => {
    try {
      front.serve(await load(++generation), drain);
      tell("reloaded", file);
    } catch (error) {
      tell("not-reloaded", `the last one goes on: ${shownError(error, (_style, text) => text)}`);
    }
  };
  return watchFolderOf(
    file,
    () => {
      loading = loading.then(reload);
    },
    (error) => tell("not-watched", error.message),
  );
}

/** Says what happens. */
type Tell = (event: string, what: string, record?: object) => void;

function teller(json: boolean): Tell {
  return (event, what, record = { message: what }) => {
    if (json) out.line(JSON.stringify({ event, ...record }));
    else out.line(`${out.paint(event.startsWith("not") ? "yellow" : "green", event)} ${safeText(what)}`);
  };
}

function loggerOf(tell: Tell): Logger {
  const say =
    (level: string) =>
    (message: string, ...details: unknown[]) => {
      const causes = details.map((detail) => (detail instanceof Error ? detail.message : String(detail)));
      tell(level, [message, ...causes].join(" "));
    };
  return { debug() {}, info() {}, warn: say("warning"), error: say("error") };
}
