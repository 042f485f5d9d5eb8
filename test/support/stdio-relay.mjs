// A child process that only passes on: what comes on its stdin goes to the first of two sockets at argv[2], what comes
// on the second goes to its stdout. Plain JavaScript, since it is started often.
import { once } from "node:events";
import { connect } from "node:net";

const path = String(process.argv[2]);
const outward = connect(path);
await once(outward, "connect");
const inward = connect({ path, allowHalfOpen: true });

// A peer that reads no more may still write.
outward.on("error", () => {}).on("close", () => process.stdin.destroy());
process.stdin.pipe(outward);
inward.on("error", () => {}).on("end", () => process.stdout.end());
inward.pipe(process.stdout);
