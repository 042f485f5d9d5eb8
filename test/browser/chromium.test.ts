/** The package in a real browser, against a server on this machine. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { build, type Plugin } from "esbuild";
import { Server } from "../../src/server/server.ts";
import type { CallContext } from "../../src/service/context.ts";
import { nodeHandler } from "../../src/transport/http/index.ts";
import { webSocketsOn } from "../../src/transport/websocket/index.ts";
import { type Browser, launch, type Page, withoutChromium } from "../support/chromium.ts";
import { cleanUp } from "../support/cleanup.ts";
import { Log } from "../support/log.ts";
import { exampleService } from "../support/served.ts";

const root = join(import.meta.dirname, "../..");

/** Resolves as a bundler for browsers does in the package; test/package has one do it with the package itself. */
const sources: Plugin = {
  name: "sources",
  setup({ onResolve }) {
    onResolve({ filter: /^tsjason$/ }, () => ({ path: join(root, "src/index.ts"), sideEffects: false }));
    onResolve({ filter: /^#loaders$/ }, () => ({ path: join(root, "src/transport/loaders-browser.ts") }));
    onResolve({ filter: /^#tracing$/ }, () => ({ path: join(root, "src/tracing/none.ts") }));
  },
};

describe("in a browser", { skip: withoutChromium, timeout: 60_000 }, () => {
  let browser: Browser;
  let script: string;

  before(async () => {
    const bundled = await build({
      entryPoints: [join(import.meta.dirname, "page.ts")],
      bundle: true,
      platform: "browser",
      format: "esm",
      write: false,
      tsconfigRaw: {},
      plugins: [sources],
      logLevel: "silent",
    });
    script = bundled.outputFiles[0]?.text ?? "";
    browser = await launch();
  });
  after(() => browser?.close());

  /** A site with the page, and the server that the page talks to. */
  async function visit(test: TestContext): Promise<{ page: Page; address: string; log: Log; server: Server }> {
    const notes: string[] = [];
    const log = new Log();
    const service = exampleService()
      .addMethod("note", (text: string) => {
        notes.push(text);
      })
      .addMethod("notes", () => notes)
      .addMethod("callBack", ({ connection }: CallContext, text: string) => connection?.call("tell", [text]), {
        context: true,
      })
      .addMethod("closeServer", () => {
        setImmediate(() => server.close());
      });
    const server = new Server(service, { logger: log });
    const overHttp = nodeHandler(service);
    const site = createServer((request, response) => {
      if (request.url === "/http") return void overHttp(request, response);
      const isScript = request.url === "/page.js";
      response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
      response.end(isScript ? script : '<!doctype html><script type="module" src="/page.js"></script>');
    });
    server.attach(webSocketsOn(site, { path: "/rpc", subprotocols: ["rooms"] }));
    site.listen(0, "127.0.0.1");
    await once(site, "listening");
    const page = await browser.newPage();
    cleanUp(test, async () => {
      await page.close();
      await server.close({ timeout: 0 });
      site.close();
      site.closeAllConnections();
    });
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
    return { page, address: server.address, log, server };
  }

  /** Runs one of the page's functions. */
  const run = async (page: Page, name: string, address: string) =>
    (await page.evaluate(`${name}(${JSON.stringify(address)})`)) as Record<string, unknown>;

  it("a client calls, notifies, batches, is called back, and closes", async (t) => {
    const { page, address, log, server } = await visit(t);
    const seen = new Promise((resolve) => server.on("connection", ({ peer }) => resolve(peer.http?.headers.origin)));
    const { error, timeout, afterClose, ...results } = await run(page, "play", address);
    assert.deepEqual(results, {
      subprotocol: "rooms",
      sum: 499_500,
      large: true,
      batch: [3, "é漢😀"],
      noted: undefined,
      calledBack: "from the server".length,
      told: ["from the server"],
      notes: ["in a batch", "alone"],
      ended: "closed",
    });
    assert.deepEqual([(error as { name: string }).name, (error as { code: number }).code], ["ServerError", -32000]);
    assert.equal((timeout as { name: string }).name, "CallTimeoutError");
    assert.equal((afterClose as { name: string }).name, "ClosedError");
    assert.equal(await seen, new URL(page.url()).origin);
    await log.said(/ended the connection/);
    assert.deepEqual(log.lines(), []);
  });

  it("a client calls over HTTP, by the browser's fetch", async (t) => {
    const { page } = await visit(t);
    const { error, timeout, ...results } = await run(page, "playHttp", new URL("/http", page.url()).href);
    assert.deepEqual(results, { echoed: "é漢😀", batch: [3, "é漢😀"], notes: ["over HTTP"] });
    assert.equal((error as { code: number }).code, -32000);
    assert.equal((timeout as { name: string }).name, "CallTimeoutError");
  });

  it("a server that closes answers first, and the page knows that it ended", async (t) => {
    const { page, address } = await visit(t);
    assert.deepEqual(await run(page, "stay", address), { owed: "at last", ended: "ended" });
  });

  it("says what a browser cannot do", async (t) => {
    const { page, address } = await visit(t);
    const failed = (await run(page, "fail", address)) as Record<string, { name: string; message: string }>;
    assert.equal(failed.tcp?.name, "InvalidAddressError");
    assert.match(
      failed.tcp?.message ?? "",
      /there is no transport for tcp: in a browser \(there are ws, wss, http, https\)/,
    );
    assert.match(failed.headers?.message ?? "", /a browser's WebSocket cannot send them/);
    assert.match(failed.nobody?.message ?? "", /could not be opened; a browser does not say why/);
    assert.match(failed.listen?.message ?? "", /a browser cannot listen/);
  });

  it("a page of another site is kept out", async (t) => {
    const { page, address, log } = await visit(t);
    await page.goto(page.url().replace("127.0.0.1", "evil.example"));
    const refused = await page.evaluate(`stay(${JSON.stringify(address)}).catch((error) => error.name)`);
    assert.equal(refused, "DialError");
    await log.said(/was refused/);
    const warning = log.entries.find(({ level }) => level === "warn");
    assert.match(
      String(warning?.details[0]),
      /got 403: pages of http:\/\/evil\.example:\d+ may not connect; see the option ws\.origins/,
    );
  });
});
