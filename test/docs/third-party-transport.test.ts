/** The example of a transport from outside the package keeps the contract like those inside. */
import assert from "node:assert/strict";
import { connect, createServer } from "node:net";
import { describe, it } from "node:test";
import { abstract } from "../../examples/third-party-transport.ts";
import { untrusted } from "../../src/protocol/limits.ts";
import { listen } from "../../src/server/server.ts";
import { type TransportRows, transportChannelSuite, transportSuite } from "../conformance/transport.ts";
import { cleanUp } from "../support/cleanup.ts";
import { Log } from "../support/log.ts";
import { clientOf, exampleService } from "../support/served.ts";

let count = 0;
const freshName = () => `abstract:tsjason-test-${process.pid}-${count++}`;
const pathOf = (address: string) => `\0${new URL(address).pathname}`;

const rows: TransportRows = {
  name: "abstract",
  transport: abstract,
  limits: untrusted,
  address: freshName,
  nobody: "ECONNREFUSED",
  rawDial: (address) => connect({ path: pathOf(address), allowHalfOpen: true }),
  ready: "connect",
  rawListen: (address) => createServer({ allowHalfOpen: true }).listen(pathOf(address)),
  accepts: "connection",
  invalid: [
    ["abstract:", /expected "abstract:name"/],
    ["abstract:/name", /expected "abstract:name"/],
    ["abstract://host/name", /expected "abstract:name"/],
    ["abstract:name?framing=smoke", /expected "abstract:name"/],
  ],
};

if (process.platform !== "linux") it.skip("the example of a transport", { skip: "needs Linux" });
else {
  transportSuite(rows);
  transportChannelSuite(rows, "?framing=newline");

  describe("the example of a transport", () => {
    it("serves clients that know it by its scheme", async (t) => {
      const server = await listen(exampleService(), freshName(), { logger: new Log() });
      cleanUp(t, () => server.close());
      const client = clientOf(t, server.address);
      assert.equal(await client.call("add", [1, 2]), 3);
    });
  });
}
