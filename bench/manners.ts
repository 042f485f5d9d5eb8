/**
 * What libraries do with plain things: facts for a comparison, each from a run against the installed version.
 *
 *     node --import tsx bench/manners.ts [--library jayson,tsjason] [--verbose]
 *
 * Each question is put to a server in a new process, so that one that crashes answers only for itself.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { buildWorkers } from "./lib/build.ts";
import { type MannersName, mannersEntries, mannersEntry } from "./lib/manners-library.ts";
import { droppingServer, type RawPeer, rawPeer } from "./lib/manners-wire.ts";
import { assertBuilt } from "./lib/product.ts";
import { Progress } from "./lib/progress.ts";
import { versionOf } from "./lib/results.ts";
import { endWorkersWithThis, Worker } from "./lib/worker.ts";
import type { MannersClientOps } from "./workers/manners-client.ts";
import type { MannersServerOps } from "./workers/manners-server.ts";

const { values } = parseArgs({
  options: {
    library: { type: "string", default: Object.keys(mannersEntries).join(",") },
    verbose: { type: "boolean", default: false },
  },
});
const names = values.library.split(",") as MannersName[];
assertBuilt();

/* How long an answer may take before it counts as none. */
const WAIT_MS = 500;
const CLIENT_WAIT_MS = 3_000;
/* More than any default limit there is: that of ws is 100 MiB. */
const OVERSIZED = 112 * 1024 * 1024;
const OVERSIZED_MS = 10_000;

const SECRET = "a secret";
const WIDE = "naïve café, 東京 😀";

/** What came of a question to a server. */
interface Outcome {
  readonly heard: readonly string[];
  readonly ended: boolean;
  readonly crashed: boolean;
}

interface Question {
  readonly label: string;
  /** What JSON-RPC 2.0 says. */
  readonly specified: string;
  readonly ask: (library: MannersName) => Promise<string>;
}

endWorkersWithThis();
const files = await buildWorkers();
const progress = new Progress();

/** Puts a question to a new server. */
async function asked(library: MannersName, say: (peer: RawPeer) => unknown, expected = 1): Promise<Outcome> {
  const server = await Worker.start<MannersServerOps>(files["manners-server"]);
  const port = await server.call("start", { library });
  const peer = await rawPeer(mannersEntry(library).wire, port);
  try {
    await say(peer);
    const end = Date.now() + WAIT_MS;
    while (peer.heard.length < expected && !peer.ended && Date.now() < end) await sleep(5);
    // Whatever comes on top of what was expected, and whether the server outlives it.
    await sleep(50);
    const crashed = !server.alive;
    if (values.verbose)
      progress.warn(`${library}: ${JSON.stringify({ heard: peer.heard, ended: peer.ended, crashed })}`);
    return { heard: [...peer.heard], ended: peer.ended, crashed };
  } finally {
    peer.close();
    await server.stop();
  }
}

interface Answer {
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code?: unknown; readonly message?: unknown };
}

/** An answer in short: an error's code, or that there is a result. */
function inShort(text: string): string {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return "no JSON";
  }
  const one = (value: unknown): string => {
    const { error, result, id } = (value ?? {}) as Answer;
    if (error) return `${error.code}${id === null ? ", id null" : ""}`;
    return result === undefined ? "no result" : "a result";
  };
  return Array.isArray(answer) ? `[${answer.map(one).join("; ")}]` : one(answer);
}

function describe({ heard, ended, crashed }: Outcome): string {
  if (crashed) return "the server crashes";
  const answers = heard.map(inShort).join(" and ") || "no answer";
  return ended ? `${answers}, then it hangs up` : answers;
}

function request(library: MannersName, method: string, params: unknown[], id: unknown = 1): string {
  if (mannersEntry(library).jsonRpc) return JSON.stringify({ jsonrpc: "2.0", id, method, params });
  return JSON.stringify({ t: "q", i: String(id), m: method, a: params });
}

/** A question that is a text of JSON-RPC, put as it is. */
function text(label: string, specified: string, json: string, expected = 1): Question {
  return {
    label,
    specified,
    async ask(library) {
      if (!mannersEntry(library).jsonRpc) return "no JSON-RPC";
      return describe(await asked(library, (peer) => peer.say(json), expected));
    },
  };
}

function unknownMethod(name: string): Question {
  return {
    label: `a call of ${name}`,
    specified: "-32601",
    async ask(library) {
      const outcome = await asked(library, (peer) => peer.say(request(library, name, ["x"])));
      return mannersEntry(library).jsonRpc ? describe(outcome) : birpcAnswer(outcome);
    },
  };
}

/** birpc's answers: `e` is an error, `r` a result. */
function birpcAnswer(outcome: Outcome): string {
  const [first] = outcome.heard;
  if (outcome.crashed || first === undefined) return describe(outcome);
  const { e, r } = JSON.parse(first) as { e?: { message?: string }; r?: unknown };
  return e === undefined ? `a result: ${JSON.stringify(r) ?? "none"}` : "an error";
}

const questions: readonly Question[] = [
  text("[]", "-32600, id null", "[]"),
  text("[[1]]", "[-32600, id null]", "[[1]]"),
  text("[1, 2]", "[-32600, id null; twice]", "[1,2]"),
  text("a batch of one", "[a result]", '[{"jsonrpc":"2.0","id":1,"method":"echo","params":["x"]}]'),
  text("not JSON", "-32700, id null", '{"jsonrpc"'),
  unknownMethod("constructor"),
  unknownMethod("__proto__"),
  unknownMethod("toString"),
  text("id null", "a result", '{"jsonrpc":"2.0","id":null,"method":"echo","params":["x"]}'),
  text("id 0", "a result", '{"jsonrpc":"2.0","id":0,"method":"echo","params":["x"]}'),
  text("a notification of an unknown method", "no answer", '{"jsonrpc":"2.0","method":"nope"}'),
  text("params: 1", "-32600", '{"jsonrpc":"2.0","id":1,"method":"echo","params":1}'),
  {
    label: "an id of 20 digits",
    specified: "the same id",
    async ask(library) {
      if (!mannersEntry(library).jsonRpc) return "no JSON-RPC";
      const id = "12345678901234567890";
      const json = `{"jsonrpc":"2.0","id":${id},"method":"echo","params":["x"]}`;
      const outcome = await asked(library, (peer) => peer.say(json));
      const [first = ""] = outcome.heard;
      const back = /"id":\s*([^,}]+)/.exec(first)?.[1];
      return back === undefined ? describe(outcome) : back === id ? "the same id" : `another: ${back}`;
    },
  },
  {
    label: "a method that returns a BigInt",
    specified: "an error",
    async ask(library) {
      const outcome = await asked(library, (peer) => peer.say(request(library, "big", [])));
      return mannersEntry(library).jsonRpc ? describe(outcome) : birpcAnswer(outcome);
    },
  },
  {
    label: "a method that throws an Error",
    specified: "an error",
    async ask(library) {
      const outcome = await asked(library, (peer) => peer.say(request(library, "fail", [])));
      const short = mannersEntry(library).jsonRpc ? describe(outcome) : birpcAnswer(outcome);
      const [first = ""] = outcome.heard;
      const told = first.includes("at ") && first.includes(".mjs") ? ", its stack told" : ", its message told";
      return first.includes(SECRET) ? short + told : short;
    },
  },
  {
    label: "text that is not ASCII, byte by byte",
    specified: "comes back",
    async ask(library) {
      const outcome = await asked(library, (peer) => peer.sayInPieces(request(library, "echo", [WIDE])));
      const [first = ""] = outcome.heard;
      if (!first) return describe(outcome);
      const { result, r } = JSON.parse(first) as { result?: unknown; r?: unknown };
      return (result ?? r) === WIDE ? "comes back" : "comes back damaged";
    },
  },
  {
    label: "a slow call, then a quick one",
    specified: "any order",
    async ask(library) {
      const outcome = await asked(
        library,
        (peer) => {
          peer.say(request(library, "slow", [150], 1));
          peer.say(request(library, "echo", ["x"], 2));
        },
        2,
      );
      if (outcome.heard.length < 2) return describe(outcome);
      return outcome.heard[0]?.includes("slow") ? "in order" : "as they finish";
    },
  },
  {
    label: "a message without end",
    specified: "-",
    async ask(library) {
      const server = await Worker.start<MannersServerOps>(files["manners-server"]);
      const port = await server.call("start", { library });
      const peer = await rawPeer(mannersEntry(library).wire, port);
      const taken = await peer.sayForEver(OVERSIZED, OVERSIZED_MS);
      const { ended } = peer;
      const crashed = !server.alive;
      peer.close();
      await server.stop();
      const mib = `${Math.round(taken / 2 ** 20)} MiB`;
      if (crashed) return `the server crashes after ${mib}`;
      // What the kernel holds for the server is counted too, so the figure is an upper bound.
      return ended ? `cut off within ${mib}` : `${mib} taken in, no end`;
    },
  },
  {
    label: "the server drops the connection of a pending call",
    specified: "-",
    async ask(library) {
      const { pending } = await dropped(library);
      return pending;
    },
  },
  {
    label: "and the client's connection after that",
    specified: "-",
    async ask(library) {
      const { again } = await dropped(library);
      return again;
    },
  },
];

/** Lets a client make a call, drops its connection, waits, and lets it make another. */
async function dropped(library: MannersName): Promise<{ pending: string; again: string }> {
  const { wire, ownTransport } = mannersEntry(library);
  const server = await droppingServer(wire);
  const client = await Worker.start<MannersClientOps>(files["manners-client"]);
  try {
    await client.call("start", { library, port: server.port });
    const first = await client.call("call", { method: "echo", params: ["x"], wait: CLIENT_WAIT_MS });
    const pending =
      first.how === "never"
        ? `does not settle within ${CLIENT_WAIT_MS / 1_000} s`
        : first.how === "result"
          ? `ends with ${first.text}`
          : "rejects";
    await sleep(1_500);
    const byItself = server.connections > 1;
    const before = server.connections;
    await client.call("call", { method: "echo", params: ["x"], wait: 500 });
    const onCall = server.connections > before;
    const again = byItself ? "it dials again by itself" : onCall ? "it dials for the next call" : "it stays down";
    return { pending, again: ownTransport && !byItself && !onCall ? "left to the user" : again };
  } catch (error) {
    const why = client.alive ? String(error) : "the client's process crashes";
    return { pending: why, again: why };
  } finally {
    await client.stop();
    server.close();
  }
}

progress.start(questions.length * names.length);
const rows: string[][] = [];
for (const { label, specified, ask } of questions) {
  const row = [label, specified];
  for (const library of names) {
    row.push(await ask(library).catch((error) => `not found out: ${String(error).slice(0, 60)}`));
    progress.tick(`${library}: ${label}`);
  }
  rows.push(row);
}
progress.stop();

const heads = names.map((name) => {
  const { package: of } = mannersEntry(name);
  return of ? `${name} ${versionOf(of)}` : name;
});
const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
console.log(`Node.js ${process.version}, ${new Date().toISOString().slice(0, 10)}\n`);
console.log(line(["", "JSON-RPC 2.0 says", ...heads]));
console.log(line(["---", "---", ...heads.map(() => "---")]));
for (const row of rows) console.log(line(row));
const notes: readonly (readonly [MannersName, string])[] = [
  [
    "json-rpc-2.0",
    `The connection is its user's. It was run over ws ${versionOf("ws")} with the code of its README, and it is
    that code's JSON.stringify that throws over a BigInt.`,
  ],
  [
    "vscode-jsonrpc",
    `The socket is its user's. Pending calls reject when its user disposes the connection. Batches it has none:
    the Language Server Protocol, for which it was made, has none.`,
  ],
  [
    "birpc",
    `It has messages of its own, and makes no claim to be JSON-RPC. The connection and the serializer are its user's: here
    a line of JSON each. Pending calls reject when its user calls $close, or after 60 s.`,
  ],
  [
    "jayson",
    "Its tcp client opens a connection for each call. In ten seconds it took in no more: it reads what it has again for each packet.",
  ],
];
console.log();
for (const [name, note] of notes) if (names.includes(name)) console.log(`- ${name}: ${note.replaceAll(/\s+/g, " ")}`);
