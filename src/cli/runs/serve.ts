import { once } from "node:events";
import { closeOnSignals } from "../../server/close-on-signals.ts";
import type { ServerOptions } from "../../server/options.ts";
import type { ListenOptions } from "../connect/listen-options.ts";
import { listenTransport, placesOf } from "../connect/places.ts";
import { ExitCode } from "../exit-code.ts";
import { outliveOutput } from "../output/out.ts";
import { Front } from "../serve/front.ts";
import { loadDefault, moduleFile } from "../serve/load-module.ts";
import { reloadOnChange } from "../serve/reloads.ts";
import { serviceOf } from "../serve/service-of.ts";
import { noteStack } from "../serve/stack.ts";
import { loggerOf, teller } from "../serve/tell.ts";
import { UsageError } from "../usage-error.ts";

interface ServeCommandOptions extends ListenOptions {
  readonly listen: readonly string[];
  readonly namespace?: string;
  readonly timeout?: number;
  readonly drain: number;
  readonly watch?: boolean;
  readonly json?: boolean;
}

/** Does what `tsjason serve` is for. */
export async function run(module: string, options: ServeCommandOptions): Promise<ExitCode> {
  const places = placesOf(options.listen, options);
  outliveOutput();
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
  let stop = () => {};
  const forget = closeOnSignals(async () => {
    stop();
    tell("closing", "what is in flight has its time");
    await front.close(options.drain);
    tell("closed", "all is answered");
  });
  if (options.watch) {
    stop = reloadOnChange({ file, load, serve: (service) => front.serve(service, options.drain), tell });
  }
  // Whoever hears that it listens may tell it to end, or change the module.
  for (const address of front.addresses) tell("listening", address, { address });
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
  noteStack(error);
  throw new UsageError(`${module} cannot be served: ${error instanceof Error ? error.message : String(error)}`);
}
