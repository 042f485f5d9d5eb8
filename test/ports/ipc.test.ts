import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { describe, it } from "node:test";
import { type IpcEnd, ipcChannel } from "../../src/ports/ipc.ts";
import { Recorder } from "../support/recorder.ts";
import { turns } from "../support/turns.ts";

/** An end whose platform writes when the test says so, and whose other side the test plays. */
class SlowEnd extends EventEmitter implements IpcEnd {
  readonly connected = true;
  readonly sent: { readonly tsjason: string; readonly text?: string | string[] }[] = [];
  #unwritten: ((error: Error | null) => void)[] = [];

  send(message: never, callback: (error: Error | null) => void): boolean {
    this.sent.push(message);
    this.#unwritten.push(callback);
    return false;
  }

  /** The texts that were sent. */
  get texts(): (string | undefined)[] {
    return this.sent.flatMap(({ text }) => text ?? []);
  }

  written(error: Error | null = null): void {
    for (const callback of this.#unwritten.splice(0)) callback(error);
  }

  /** The other side is there. */
  meet(): void {
    this.emit("message", { tsjason: "hello", from: "" });
  }
}

describe("a channel over an IPC channel that writes slowly", () => {
  const large = "x".repeat(64 * 1024);

  it("waits, counting what waits", async () => {
    const end = new SlowEnd();
    const owner = new Recorder(ipcChannel(end, { limits: { queuedBytes: 1_000 } }));
    end.meet();
    owner.channel.send(large);
    owner.channel.send("1");
    owner.channel.send("2".repeat(2_000));
    await turns(1);
    assert.deepEqual(end.texts, [large]);
    assert.deepEqual([owner.channel.queuedBytes, owner.channel.handedOver], [2_001, 1]);
    end.written();
    assert.deepEqual(end.texts, [large, "1", "2".repeat(2_000)]);
    assert.deepEqual(owner.events, ["pressed", "drained"]);
    owner.channel.destroy();
  });

  it("is closed when its last word is written", async () => {
    const end = new SlowEnd();
    const owner = new Recorder(ipcChannel(end));
    end.meet();
    owner.channel.send("1");
    owner.channel.close();
    await turns();
    assert.deepEqual(owner.events, []);
    end.written();
    await owner.happened("closed");
    assert.equal(owner.reason, undefined);
    assert.equal(end.listenerCount("message"), 0);
  });

  it("is lost with what the platform says", async () => {
    const end = new SlowEnd();
    const owner = new Recorder(ipcChannel(end));
    end.meet();
    owner.channel.send("1");
    await turns(1);
    const error = new Error("write EPIPE");
    end.written(error);
    await owner.happened("closed");
    assert.equal(owner.reason, error);
  });
});

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
