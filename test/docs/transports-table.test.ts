/** Each row of the table in docs/transports.md is tried: who can call whom, who listens, what a browser has, and the limits. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it, type TestContext } from "node:test";
import type { ClientOptions } from "../../src/client/options.ts";
import { RpcError } from "../../src/protocol/errors/rpc-error.ts";
import { trusted, untrusted } from "../../src/protocol/limits.ts";
import type { ServerOptions } from "../../src/server/options.ts";
import type { CallContext } from "../../src/service/context.ts";
import { Service } from "../../src/service/service.ts";
import { loaders } from "../../src/transport/loaders.ts";
import { loaders as inBrowsers } from "../../src/transport/loaders-browser.ts";
import { makeAuthority, makeCertificate } from "../support/certificates.ts";
import { Log } from "../support/log.ts";
import { Broker, withoutNats } from "../support/nats.ts";
import { clientOf, serve } from "../support/served.ts";
import { rejection } from "../support/settling.ts";
import { temporaryDirectory } from "../support/temporary.ts";

interface Row {
  readonly schemes: readonly string[];
  readonly carriesBy: string;
  readonly pushes: string;
  readonly listens: string;
  readonly dials: string;
  readonly inBrowser: string;
  readonly limits: string;
}

const page = readFileSync(new URL("../../docs/transports.md", import.meta.url), "utf8");

/** The rows that have addresses. */
const rows: readonly Row[] = page
  .split("\n")
  .filter((line) => /^\| \[`/.test(line))
  .map((line) => {
    const [address = "", carriesBy = "", pushes = "", listens = "", dials = "", inBrowser = "", limits = ""] = line
      .split("|")
      .slice(1)
      .map((cell) => cell.trim());
    const schemes = [...address.matchAll(/(\w+):(?=\/|`)/g)].map(([, scheme = ""]) => scheme);
    return { schemes, carriesBy, pushes, listens, dials, inBrowser, limits };
  });

const authority = await makeAuthority("table");
const tls = await makeCertificate(authority, { name: "server" });
const broker = withoutNats ? undefined : await Broker.start({ after });

/** Where to listen, and with what. */
function place(t: TestContext, scheme: string): string {
  if (scheme === "unix") return `unix:${join(temporaryDirectory(t), "table.sock")}`;
  if (scheme === "nats") return broker?.address() ?? "";
  return `${scheme}://127.0.0.1:0`;
}

const isSecure = (scheme: string) => ["tls", "wss", "https"].includes(scheme);
const serverOptions = (scheme: string): ServerOptions => (isSecure(scheme) ? { tls } : {});
const clientOptions = (scheme: string): ClientOptions => (isSecure(scheme) ? { tls: { ca: authority.cert } } : {});

/** A service that asks back who calls it. */
const curious = () =>
  new Service({ logger: new Log() }).addMethod("ask", async ({ connection }: CallContext) => connection?.call("name"), {
    context: true,
  });
/** The same, as a program of its own. */
function curiousProgram(address: string) {
  const code = `
    import { listen, Service } from ${JSON.stringify(import.meta.resolve("../../src/index.ts"))};
    const service = new Service();
    service.addMethod("ask", async ({ connection }) => connection.call("name"), { context: true });
    await listen(service, ${JSON.stringify(address)});`;
  const args = ["--import", import.meta.resolve("tsx"), "--input-type=module", "-e", code];
  return { command: process.execPath, args };
}

const named = () => new Service().addMethod("name", () => "ann");

describe("of the table of transports", { timeout: 60_000 }, () => {
  it("the rows are all the transports there are", () => {
    assert.deepEqual(
      rows.flatMap(({ schemes }) => schemes),
      [...loaders.keys()],
    );
  });

  it("the profiles are what the page says of them", () => {
    const MiB = 2 ** 20;
    const shown = [untrusted, trusted].map(({ messageBytes, batchLength, inFlight, queuedBytes }) => {
      const [batch, calls] = [batchLength, inFlight].map((count) => count.toLocaleString("en"));
      return { messages: `${messageBytes / MiB} MiB`, batch, calls, queued: `${queuedBytes / MiB} MiB` };
    });
    const [less, more] = shown;
    const text = page.replaceAll("\n", " ");
    assert(
      text.includes(
        `\`untrusted\` (${less?.messages} a message, batches of ${less?.batch}, ${less?.calls} calls in flight, ` +
          `${less?.queued} queued for a slow reader) and \`trusted\` (${more?.messages}, ${more?.batch}, ${more?.calls}, ${more?.queued})`,
      ),
    );
  });

  for (const row of rows) {
    for (const scheme of row.schemes) {
      const skip = scheme === "nats" && withoutNats;

      it(`${scheme}: limits are "${row.limits}"`, async () => {
        const profile = { "`trusted`": trusted, "`untrusted`": untrusted }[row.limits];
        assert(profile);
        assert.equal((await loaders.get(scheme)?.())?.limits, profile);
      });

      it(`${scheme}: in a browser "${row.inBrowser}"`, () => {
        assert(["", "dials"].includes(row.inBrowser));
        assert.equal(inBrowsers.has(scheme), row.inBrowser === "dials");
      });

      if (scheme === "stdio") continue;

      it(`${scheme}: "${row.pushes}"`, { skip }, async (t) => {
        assert.match(row.listens, /^yes/);
        assert.equal(row.dials, "yes");
        const { address } = await serve(t, curious(), serverOptions(scheme), place(t, scheme));
        const client = clientOf(t, address, { ...clientOptions(scheme), service: named() });
        if (row.pushes === "both ways") assert.equal(await client.call("ask"), "ann");
        else {
          assert.equal(row.pushes, "the client calls, the server cannot");
          assert.equal((await rejection(client.call("ask"), RpcError)).code, -32000);
        }
      });

      it(`${scheme}: carries texts by "${row.carriesBy}"`, { skip }, async (t) => {
        const newline = (address: string) => `${address}?framing=newline`;
        const where = place(t, scheme);
        if (/framing/.test(row.carriesBy)) {
          const { address } = await serve(t, named(), serverOptions(scheme), newline(where));
          assert.equal(await clientOf(t, address, clientOptions(scheme)).call("name"), "ann");
        } else if (scheme.startsWith("http")) {
          const { address } = await serve(t, named(), serverOptions(scheme), where);
          const client = clientOf(t, newline(address), clientOptions(scheme));
          assert.equal(await client.call("name"), "ann", "a query is sent along");
        } else if (scheme === "nats") await assert.rejects(serve(t, named(), {}, newline(where)), /expected none/);
        else await assert.rejects(serve(t, named(), serverOptions(scheme), newline(where)), /expected/);
      });
    }
  }

  it("stdio: starts a program, which serves on its own stdin and stdout, by a framing", async (t) => {
    const row = rows.find(({ schemes }) => schemes.includes("stdio"));
    assert.deepEqual(
      [row?.carriesBy, row?.pushes, row?.listens, row?.dials],
      ["a framing", "both ways", "its own stdin and stdout", "starts a program"],
    );
    for (const address of ["stdio:", "stdio:?framing=newline"]) {
      const client = clientOf(t, address, { stdio: curiousProgram(address), service: named() });
      assert.equal(await client.call("ask"), "ann");
    }
  });
});
