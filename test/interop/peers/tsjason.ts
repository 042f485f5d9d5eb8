/** The methods of `example.ts` on stdin and stdout: `tsjason.ts ADDRESS`. */
import { listen } from "../../../src/server/server.ts";
import { interopService } from "../example.ts";

const [address = "stdio:"] = process.argv.slice(2);
const server = await listen(interopService(), address);
await server.closed;
console.error("closed");
