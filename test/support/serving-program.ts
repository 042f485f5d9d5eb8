/**
 * A server as a program of its own: `serving-program.ts ADDRESS`. It prints the address it listens on, and what it
 * does at its end; SIGTERM and SIGINT close it.
 *
 * `echo` answers at once; `wait` never; `untilSignal` on SIGUSR2; `started` says how many wait.
 */
import { once } from "node:events";
import { closeOnSignals } from "../../src/server/close-on-signals.ts";
import { listen } from "../../src/server/server.ts";
import { Service } from "../../src/service/service.ts";

let started = 0;

const service = new Service()
  .addMethod("echo", (value: unknown) => value)
  .addMethod("wait", () => {
    started++;
    return new Promise(() => {});
  })
  .addMethod("untilSignal", (value: unknown) => once(process, "SIGUSR2").then(() => value))
  .addMethod("started", () => started);

const server = await listen(service, process.argv[2] as string);
console.log(server.address);

closeOnSignals(async () => {
  const closed = server.close();
  console.log("closing");
  await closed;
  console.log("closed");
});
