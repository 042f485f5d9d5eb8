import type { Client } from "../../client/client.ts";
import { shownError } from "../output/error.ts";
import { out } from "../output/out.ts";
import { showResult } from "../output/result.ts";
import { UsageError } from "../usage-error.ts";
import { duration } from "../words/numbers.ts";
import { paramsOf } from "../words/params.ts";
import { systemSources } from "../words/sources.ts";
import { splitWords } from "../words/split.ts";

const HELP = `method params…        call it, as the command call does: add 1 2, subtract minuend=5 subtrahend=3, put {"a": [1, 2]}
.notify method params… tell without an answer
.methods               what the server can do, where it says so (rpc.discover)
.timeout time          how long to wait for answers: 500ms, 2s, 0 for ever
.help                  this
.exit                  end; so does Ctrl-D. Ctrl-C gives up the call that is waited for, and the lines behind it`;

/** What the lines of a session do. */
export class ReplSession {
  /** The methods the server has told of, and those that were called and are there. */
  readonly methods = new Set<string>();
  readonly #client: Client;
  readonly #assertTimeout: (timeout: number) => void;
  readonly #print: (show: () => void) => void;
  #timeout: number;
  #call: AbortController | undefined;

  /**
   * @param timeout - milliseconds, 0 for ever
   * @param assertTimeout - throws where the server's address takes no such timeout
   * @param print - runs what prints, where something may have been typed meanwhile
   */
  constructor(
    client: Client,
    timeout: number,
    assertTimeout: (timeout: number) => void,
    print: (show: () => void) => void,
  ) {
    this.#print = print;
    this.#client = client;
    this.#timeout = timeout;
    this.#assertTimeout = assertTimeout;
  }

  /** Gives up the call that is waited for; false when none is. */
  interrupt(): boolean {
    this.#call?.abort(new Error("given up"));
    return this.#call !== undefined;
  }

  /**
   * Does what a line says, and prints what comes of it.
   *
   * @returns whether the session goes on
   */
  async line(line: string): Promise<boolean> {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) return true;
    if (trimmed === ".exit") return false;
    this.#call = new AbortController();
    try {
      await this.#act(splitWords(trimmed), this.#call.signal);
    } catch (error) {
      this.#print(() => out.line(shownError(error, out.paint)));
    } finally {
      this.#call = undefined;
    }
    return true;
  }

  /** Completes the word that is being typed, as readline wants it. */
  complete(line: string): [string[], string] {
    const [, head = "", word = ""] = /^((?:\.notify\s+)?)(\S*)$/.exec(line) ?? [line, line];
    const candidates = head === "" ? [...COMMANDS, ...this.methods] : [...this.methods];
    return [
      /^\s*$/.test(head) || head.startsWith(".notify") ? candidates.filter((name) => name.startsWith(word)) : [],
      word,
    ];
  }

  /** Asks the server for its methods. Most have no rpc.discover; that is no error. */
  async discover(): Promise<boolean> {
    const document = await this.#client.call("rpc.discover", undefined, { timeout: 1_000 }).catch(() => undefined);
    const { methods } = (document ?? {}) as { readonly methods?: unknown };
    if (!Array.isArray(methods)) return false;
    for (const method of methods) if (typeof method?.name === "string") this.methods.add(method.name);
    return true;
  }

  async #act([first = "", ...words]: readonly string[], signal: AbortSignal): Promise<void> {
    if (first === ".help") out.line(HELP);
    else if (first === ".methods") await this.#showMethods();
    else if (first === ".timeout") this.#setTimeout(timeOf(words[0]));
    else if (first === ".notify") await this.#notify(words, signal);
    else if (first.startsWith(".") && !this.methods.has(first))
      throw new UsageError(`there is no ${first}; .help has what there is`);
    else await this.#callMethod(first, words, signal);
  }

  #setTimeout(timeout: number): void {
    this.#assertTimeout(timeout);
    this.#timeout = timeout;
  }

  async #callMethod(method: string, words: readonly string[], signal: AbortSignal): Promise<void> {
    const params = await paramsOf(words, systemSources());
    const start = performance.now();
    const result = await this.#client.call(method, params, { timeout: this.#timeout, signal });
    this.methods.add(method);
    const ms = performance.now() - start;
    this.#print(() => showResult(result, ms, {}));
  }

  async #notify([method, ...words]: readonly string[], signal: AbortSignal): Promise<void> {
    if (method === undefined) throw new UsageError("expected a method behind .notify");
    const params = await paramsOf(words, systemSources());
    await this.#client.notify(method, params, { timeout: this.#timeout, signal });
  }

  async #showMethods(): Promise<void> {
    const told = await this.discover();
    this.#print(() => {
      if (!told) out.note(out.paintError("dim", "the server has no rpc.discover; these were called:"));
      for (const method of [...this.methods].sort()) out.line(method);
    });
  }
}

const COMMANDS = [".exit", ".help", ".methods", ".notify", ".timeout"];

function timeOf(text: string | undefined): number {
  try {
    return duration(text ?? "");
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
