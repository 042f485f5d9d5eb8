import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { it } from "node:test";
import { ipcChannel } from "../../src/ports/ipc.ts";
import { Recorder } from "../support/recorder.ts";

const wait = ["--eval", "setInterval(() => {}, 1e6)"];

it("a process without IPC is refused", async () => {
  const child = spawn(process.execPath, wait, { stdio: "ignore" });
  assert.throws(() => ipcChannel(child), /there is no IPC channel/);
  child.kill("SIGKILL");
  await once(child, "exit");
});

it("a process that cannot be started breaks the channel, and says why", async () => {
  const owner = new Recorder(
    ipcChannel(spawn("/there/is/no/such/program", { stdio: ["ignore", "ignore", "ignore", "ipc"] })),
  );
  await owner.happened("closed");
  assert.equal((owner.reason as NodeJS.ErrnoException).code, "ENOENT");
});

it("who disconnects the IPC channel breaks it, and who is on the other end is known", async () => {
  const child = spawn(process.execPath, wait, { stdio: ["ignore", "ignore", "ignore", "ipc"] });
  const channel = ipcChannel(child);
  assert.deepEqual(channel.peer, { transport: "ipc", pid: child.pid });
  const owner = new Recorder(channel);
  child.disconnect();
  await owner.happened("closed");
  assert.match(String(owner.reason), /the IPC channel was disconnected/);
  child.kill("SIGKILL");
  await once(child, "exit");
  assert.throws(() => ipcChannel(child), /there is no IPC channel/);
});
