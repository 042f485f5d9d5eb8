import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { type RunningCommand, start } from "./command.ts";

/** A proxy, and where it listens. */
export async function proxy(
  test: TestContext,
  listen: string,
  target: string,
  ...options: string[]
): Promise<{ address: string; command: RunningCommand }> {
  const command = start(test, ["proxy", listen, target, ...options]);
  const [, address = ""] = await command.prints(/listening on (\S+), /, "stderr");
  return { address, command };
}

/** Ends it as a user would, and expects it to end well. */
export async function end(command: RunningCommand): Promise<void> {
  command.signal("SIGINT");
  const { status, stderr } = await command.ended;
  assert.equal(status, 0, stderr);
}
