/**
 * A program that starts its server as a child: `parent-program.ts STDIO [FATE]`, the first being the client's option
 * `stdio` as JSON. It calls `echo` and prints the answer; then, by its fate, it closes the client (`close`) or does nothing
 * (`idle`). It has no other reason to live on.
 */
import { Client } from "../../src/client/client.ts";

const [stdio = "", fate = "close"] = process.argv.slice(2);
const client = new Client("stdio:", { stdio: JSON.parse(stdio) });
console.log(await client.call("echo", ["hello"]));
if (fate === "close") {
  await client.close();
  console.log("closed");
}
