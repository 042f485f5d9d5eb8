import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import type { Channel } from "../../src/connection/channel.ts";
import { trusted } from "../../src/protocol/limits.ts";
import { parseAddress } from "../../src/transport/address.ts";
import { stdio } from "../../src/transport/stdio/stdio.ts";
import { channelSuite } from "../conformance/channel.ts";
import { type TransportRows, transportSuite } from "../conformance/transport.ts";
import { accepting } from "../support/accepting.ts";
import { Stage } from "../support/stage.ts";
import { StdioDoor } from "../support/stdio-door.ts";

const directory = mkdtempSync(join(tmpdir(), "tsj-"));
after(() => rmSync(directory, { recursive: true, force: true }));
const door = new StdioDoor(directory);

const kill = ({ peer }: Channel) => process.kill(peer.pid as number, "SIGKILL");

const rows: TransportRows = {
  name: "stdio",
  transport: door.transport,
  limits: trusted,
  address: () => "stdio:",
  dialOptions: () => door.dialOptions(),
  rawDial: () => door.rawDial(),
  ready: "ready",
  rawListen: () => door.rawListen(),
  accepts: "connection",
  // What the child has not read does not tell on its parent when it is gone.
  breakRight: (left) => void kill(left),
  invalid: [
    ["stdio://", /expected nothing behind "stdio:" but parameters/],
    ["stdio://localhost", /expected nothing behind/],
    ["stdio:./server.js", /the program to run is the option stdio\.command/],
    ["stdio:node?arg=server.js", /expected nothing behind/],
    ["stdio:#1", /expected nothing behind/],
    ["stdio:?arg=server.js", /expected framing after the "\?", got "arg"/],
    ["stdio:?framing=smoke", /expected one of the framings/],
  ],
};

transportSuite(rows);

// The other way round: as a serving process sees it.
channelSuite("of stdio, served", async (test, limits = {}) => {
  const { left: right, right: left } = await new Stage(rows, test).connect({ limits });
  const breakRight = () => {
    kill(right);
    // A pipe that nobody reads is only found broken by writing to it.
    left.send(JSON.stringify("x".repeat(1024 * 1024)));
  };
  return { left, right, breakRight };
});

describe("listening on stdio", () => {
  for (const [address, says] of rows.invalid) {
    it(`refuses ${address}, and leaves this process's stdout alone`, async () => {
      const { write } = process.stdout;
      const options = accepting(trusted);
      await assert.rejects(
        stdio.listen(parseAddress(address), options, () => {}),
        says,
      );
      assert.equal(process.stdout.write, write);
    });
  }
});
