/**
 * The methods of `example.ts` on a connection of vscode-jsonrpc. Run as a program, it is such a connection on its stdin
 * and stdout, for as long as stdin lasts.
 */
import { pathToFileURL } from "node:url";
import {
  createMessageConnection,
  ParameterStructures,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import { Shelf } from "../shelf.mjs";

/**
 * @param {NodeJS.ReadableStream} input
 * @param {NodeJS.WritableStream} output
 * @param {(message: string) => void} complain
 */
export function connect(input, output, complain = console.error) {
  const connection = createMessageConnection(new StreamMessageReader(input), new StreamMessageWriter(output), {
    error: complain,
    warn: complain,
    info: () => {},
    log: () => {},
  });
  const held = new Shelf();
  const notes = new Shelf();
  const { byPosition } = ParameterStructures;
  connection.onRequest("echo", (value) => value);
  connection.onRequest("add", (a, b) => a + b);
  connection.onRequest("subtract", ({ minuend, subtrahend }) => minuend - subtrahend);
  connection.onRequest("fail", () => new ResponseError(1234, "as it was told", { why: "é漢😀" }));
  connection.onRequest("hold", () => held.take());
  connection.onRequest("release", (value) => held.put(value));
  connection.onNotification("note", (text) => void notes.put(text));
  connection.onRequest("noted", () => notes.take());
  connection.onRequest("callBack", (method, params) => connection.sendRequest(method, byPosition, ...params));
  connection.onRequest("notifyBack", async (method, params) => {
    await connection.sendNotification(method, byPosition, ...params);
    return null;
  });
  connection.onNotification("exit", () => process.exit(0));
  connection.listen();
  return connection;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) connect(process.stdin, process.stdout);
