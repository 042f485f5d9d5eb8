/**
 * A peer in a worker, for clients that block the thread of the test: it answers the nth line it gets with the nth text of
 * its data, where `$ID` stands for the request's id, and instead of an answer `"hang up"` ends the connection, `"reset"`
 * resets it. It tells its port.
 */
import { type AddressInfo, createServer } from "node:net";
import { createInterface } from "node:readline";
import { parentPort, workerData } from "node:worker_threads";

const script: string[] = [...workerData.data];

const server = createServer((socket) => {
  socket.on("error", () => {});
  createInterface({ input: socket }).on("line", (line) => {
    const answer = script.shift();
    if (answer === "hang up") socket.end();
    else if (answer === "reset") socket.resetAndDestroy();
    else if (answer !== undefined) socket.write(`${answer.replaceAll("$ID", String(JSON.parse(line).id))}\n`);
  });
});
server.listen(0, "127.0.0.1", () => parentPort?.postMessage((server.address() as AddressInfo).port));
