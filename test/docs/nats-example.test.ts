import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { natsServer, withoutNats } from "../support/nats.ts";

const example = fileURLToPath(new URL("../../examples/nats/start.ts", import.meta.url));

test("the example on NATS loses no call, whatever happens to copies", { skip: withoutNats, timeout: 60_000 }, () => {
  const env = { ...process.env, NATS_SERVER: natsServer };
  const run = spawnSync(process.execPath, ["--import", "tsx", example], { encoding: "utf8", timeout: 60_000, env });
  assert.deepEqual([run.status, run.stderr], [0, ""]);
  assert.match(run.stdout, /^\s+\(cid has finished the \d+ calls it had in hand, and ends\)$/m);
  assert.match(run.stdout, /^1500 calls made, 1500 answered \(ann \d+, bob \d+, cid \d+, dora \d+\), 0 failed\.$/m);
  const [, unknown] = /^(\d+) were in the killed copy's hand/m.exec(run.stdout) ?? [];
  assert.equal(run.stdout.match(/, outcome unknown; tried again/g)?.length ?? 0, Number(unknown));
});
