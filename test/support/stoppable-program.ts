/**
 * A server as a program runs it, told by signals to stop. Over IPC it says `{ address }`, then `"working"` when its method
 * `work` is called, whose calls end when it is told anything.
 *
 * Its argument says how its closing goes: `well`, `badly`, or `badly at once`.
 */
import { closeOnSignals } from "../../src/server/close-on-signals.ts";
import { listen } from "../../src/server/server.ts";
import { exampleService } from "./served.ts";

const [closing] = process.argv.slice(2);
const service = exampleService().addMethod("work", () => {
  process.send?.("working");
  return new Promise((resolve) => process.once("message", () => resolve("done")));
});
const server = await listen(service, "tcp://127.0.0.1:0");
closeOnSignals(() => {
  if (closing === "badly at once") throw new Error("it will not close");
  const closed = server.close({ timeout: 60_000 });
  process.send?.("closing");
  return closing === "badly" ? closed.then(() => Promise.reject(new Error("it will not close"))) : closed;
});
process.send?.({ address: server.address });
