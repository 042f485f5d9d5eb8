/**
 * A program that serves on its stdin and stdout: `stdio-program.ts [MANNER]`.
 *
 * `echo` answers at once; `later` a turn later; `wait` never; `untilSignal` on SIGUSR2; `started` says how many wait;
 * `print` writes to stdout in all the ways programs do; `again` tries to listen again; `large` answers so many bytes.
 */
import { once } from "node:events";
import { Readable } from "node:stream";
import { closeOnSignals } from "../../src/server/close-on-signals.ts";
import { listen } from "../../src/server/server.ts";
import { Service } from "../../src/service/service.ts";

const [manner = "plain", ...rest] = process.argv.slice(2);
let started = 0;

const service = new Service()
  .addMethod("echo", (value: unknown) => value)
  .addMethod("later", (value: unknown) => new Promise((resolve) => setImmediate(resolve, value)))
  .addMethod("wait", () => {
    started++;
    return new Promise(() => {});
  })
  .addMethod("untilSignal", (value: unknown) => once(process, "SIGUSR2").then(() => value))
  .addMethod("started", () => started)
  .addMethod("arguments", () => rest)
  .addMethod("whereabouts", () => [process.cwd(), process.env.STDIO_TEST ?? null, process.env.PATH === undefined])
  .addMethod("large", (bytes: number) => "x".repeat(bytes))
  .addMethod("print", async () => {
    console.log("by console.log");
    console.info("by console.info");
    console.table(["by console.table"]);
    await new Promise<void>((resolve) => {
      process.stdout.write("by a write with a callback\n", () => resolve());
    });
    process.stdout.write(Buffer.from("by a write of bytes\n"));
    process.stdout.write("6279206120777269746520696e206865780a", "hex");
    await once(Readable.from(["by a ", "pipe\n"]).pipe(process.stdout, { end: false }), "unpipe");
    return "printed";
  })
  .addMethod("again", () => listen(service, "stdio:").then(String, (error) => [error.code, error.message]));

if (manner === "after-reading") {
  await once(process.stdin, "data");
  await listen(service, "stdio:").catch((error) => console.error(error.code, error.message));
  process.exit(7);
}

const addresses = manner === "and-tcp" ? ["stdio:", "tcp://127.0.0.1:0"] : ["stdio:?framing=netstring"];
const server = await listen(service, addresses);
closeOnSignals(() => {
  const closed = server.close();
  console.log("closing");
  return closed;
});
server.on("connection", ({ peer }) => console.log(`connected by ${peer.transport}`));
server.on("disconnection", (_, reason) => console.log(`disconnected: ${reason.kind}`));
console.log(`listening on ${server.addresses.join(" and ")}`);
await server.closed;
console.log("closed");
