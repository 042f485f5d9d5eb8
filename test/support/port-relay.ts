/** A worker between two ports: it meets its parent as `parentChannel` does, and passes on what comes to another port. */
import { MessageChannel, type MessagePort, parentPort, workerData } from "node:worker_threads";
import { Meeting } from "../../src/ports/meeting.ts";

const parent = parentPort as MessagePort;
const far = workerData.data as MessagePort;

const meeting = new Meeting(
  {
    post: (note, port) => parent.postMessage(note, port ? [port as MessagePort] : []),
    makePorts: () => {
      const { port1, port2 } = new MessageChannel();
      return [port1, port2];
    },
  },
  { met: (_, port) => join(port as MessagePort, far), left: () => far.close() },
);
parent.on("message", (message) => meeting.hear(message));
meeting.begin();

function join(one: MessagePort, other: MessagePort): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on("message", (message) => to.postMessage(message));
    from.on("close", () => to.close());
  }
}
