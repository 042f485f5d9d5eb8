/** The worker's program: it makes the calls of the thread that started it. */
import { workerData } from "node:worker_threads";
import { Desk } from "./desk.ts";
import { Cell, type Order, type WorkerData } from "./order.ts";
import { pack } from "./pack.ts";

const { port, cells } = workerData as WorkerData;
const wake = () => {
  Atomics.add(cells, Cell.said, 1);
  Atomics.notify(cells, Cell.said);
};
const desk = new Desk(port, wake);

process.on("uncaughtExceptionMonitor", (error) => desk.say({ kind: "crash", error: pack(error) }));
process.on("exit", () => {
  Atomics.store(cells, Cell.ended, 1);
  wake();
});

port.on("message", (order: Order | null) => {
  // Nothing at all comes now and then while the thread waits, to see whether there is still somebody.
  if (order === null) return;
  Atomics.store(cells, Cell.taken, order.number);
  desk.take(order);
});
