/** A language server as editors run it: VS Code's own for JSON, over stdin and stdout. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { Service } from "../../src/service/service.ts";
import { ChildExitError } from "../../src/transport/child-exit-error.ts";
import { Log } from "../support/log.ts";
import { clientOf } from "../support/served.ts";
import { Shelf } from "./shelf.mjs";

const program = fileURLToPath(import.meta.resolve("vscode-json-languageserver/bin/vscode-json-languageserver"));

const uri = "file:///é/colours.json";
const text = '{\n  "colour": "mauve 😀"\n}\n';
const schema = {
  type: "object",
  properties: { colour: { description: "Any but mauve, é漢😀.", enum: ["red", "green"] } },
};

/** What a server says of a document. */
interface Published {
  readonly uri: string;
  readonly diagnostics: readonly { readonly message: string }[];
}

/** An editor that has started the server and told what it can. */
async function editor(test: TestContext) {
  const published = new Shelf<Published>();
  const asked: string[] = [];
  const service = new Service({ logger: new Log() })
    .addMethod("textDocument/publishDiagnostics", (said: Published) => published.put(said))
    .addMethod("vscode/content", (schemaUri: string) => {
      asked.push(schemaUri);
      return JSON.stringify(schema);
    });
  const stderr: string[] = [];
  const client = clientOf(test, "stdio:?framing=content-length", {
    service,
    stdio: { command: process.execPath, args: [program, "--stdio"], stderr: (line) => stderr.push(line) },
  });
  const ended = new Promise<unknown>((resolve) => client.on("disconnect", ({ cause }) => resolve(cause)));
  const told = await client.call("initialize", {
    processId: process.pid,
    rootUri: null,
    capabilities: {},
    initializationOptions: { handledSchemaProtocols: ["file"] },
  });
  await client.notify("initialized", {});
  return { client, told, published, asked, stderr, ended };
}

describe("a language server", { timeout: 30_000 }, () => {
  it("is initialized, opens a document, asks back, hovers, and exits with 0", async (t) => {
    const { client, told, published, asked, stderr, ended } = await editor(t);
    const { capabilities } = told as { capabilities: { hoverProvider: boolean } };
    assert.equal(capabilities.hoverProvider, true);

    await client.notify("json/schemaAssociations", [{ "*.json": ["test://schemas/colours"] }]);
    await client.notify("textDocument/didOpen", { textDocument: { uri, languageId: "json", version: 1, text } });
    const { uri: about, diagnostics } = await published.take();
    assert.equal(about, uri);
    assert.match(diagnostics.map(({ message }) => message).join(), /not accepted.*"red", "green"/);
    assert.deepEqual(asked, ["test://schemas/colours"]);

    const position = { line: 1, character: 5 };
    const hover = await client.call("textDocument/hover", { textDocument: { uri }, position });
    assert.match(JSON.stringify(hover), /Any but mauve, é漢😀/);

    assert.equal(await client.call("shutdown"), null);
    await client.notify("exit");
    const exit = await ended;
    assert(exit instanceof ChildExitError);
    assert.equal(exit.status, 0);
    await client.close();
    assert.deepEqual([client.log.lines(), stderr], [[], []]);
  });

  it("exits with 0 when the client is closed after a shutdown, and with 1 without one", async (t) => {
    const polite = await editor(t);
    await polite.client.call("shutdown");
    await polite.client.close();
    assert.deepEqual(polite.client.log.lines(), []);

    const rude = await editor(t);
    await rude.client.close();
    assert.match(rude.client.log.lines().join(), /exited with status 1/);
  });
});
