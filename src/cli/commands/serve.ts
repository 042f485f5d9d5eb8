import type { Command } from "commander";
import { action, examples } from "../command.ts";
import { addListenOptions } from "../connect/listen-options.ts";
import { framingOption } from "../connect/options.ts";
import { duration } from "../words/numbers.ts";

/** `tsjason serve`. */
export function addServe(program: Command): void {
  const command = program
    .command("serve")
    .description("serve what a module exports by default: a service, a handler, or an object of functions")
    .argument("<module>", "a file, JavaScript or TypeScript, or a package")
    .option("-l, --listen <addresses...>", "where; several addresses are served at once", ["tcp://127.0.0.1:7080"])
    .addOption(framingOption())
    .option("--namespace <name>", "put the handler's methods under it")
    .option("--timeout <time>", "how long a method may take; 0 for ever", duration)
    .option("--drain <time>", "at the end, how long what is in flight may take", duration, 10_000)
    .option("-w, --watch", "serve the module anew when a file in its folder changes")
    .option("--json", "for machines: a line of JSON for what happens, {event, …}");
  addListenOptions(command)
    .addHelpText(
      "after",
      `
The default export is a Service, an instance or a class of a handler, a plain object whose functions are the methods, or
a function that makes one of them. TypeScript takes the tsx of the module's project, or a Node.js that strips types.
With --watch, who is connected gets the answers that are owed and is disconnected; who dials next meets the new module.
One that cannot be loaded is told, and the last one goes on. SIGTERM and Ctrl-C drain, and exit with 0.
${examples(
  ["tsjason serve service.ts", "on tcp://127.0.0.1:7080"],
  ["tsjason serve service.js --listen tcp://127.0.0.1:7080 ws://127.0.0.1:8080", "on two addresses"],
  ["tsjason serve service.ts --watch -l unix:/tmp/app.sock", "and again whenever it changes"],
)}`,
    )
    .action(action(() => import("../runs/serve.ts")));
}
