/**
 * A server as a program of its own: `serving-program.ts ADDRESS [CLOSING]`. It prints the address it listens on, and what
 * it does at its end; SIGTERM and SIGINT close it, which goes well unless CLOSING says `badly` or `badly-at-once`.
 *
 * `echo` answers at once; `later` in a moment; `wait` never; `untilSignal` on SIGUSR2; `started` says how many of the
 * last two were called.
 */
import { once } from "node:events";
import { closeOnSignals } from "../../src/server/close-on-signals.ts";
import { listen } from "../../src/server/server.ts";
import { Service } from "../../src/service/service.ts";

const [address = "tcp://127.0.0.1:0", closing = "well"] = process.argv.slice(2);
let started = 0;
let signalled: Promise<unknown> | undefined;

const service = new Service()
  .addMethod("echo", (value: unknown) => value)
  .addMethod("wait", () => {
    started++;
    return new Promise(() => {});
  })
  .addMethod("later", (value: unknown) => new Promise((resolve) => setTimeout(resolve, 2, value)))
  .addMethod("untilSignal", (value: unknown) => {
    started++;
    signalled ??= once(process, "SIGUSR2");
    return signalled.then(() => value);
  })
  .addMethod("started", () => started);

const server = await listen(service, address);
closeOnSignals(() => {
  if (closing === "badly-at-once") throw new Error("it will not close");
  return close();
});
console.log(server.address);

async function close(): Promise<void> {
  const closed = server.close();
  console.log("closing");
  await closed;
  if (closing === "badly") throw new Error("it will not close");
  console.log("closed");
}
