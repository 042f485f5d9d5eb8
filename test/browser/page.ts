/**
 * What the page does, in the browser, with the package as a bundle for browsers has it. The test calls `play` with the
 * server's address and looks at what it gives back.
 */
import { Client, listen, Service } from "tsjason";

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** What an error looks like from outside of the browser. */
function told(error: unknown) {
  const { name, message, code, outcome } = error as Error & { code?: unknown; outcome?: unknown };
  return { name, message, code, outcome };
}

const rejection = (promise: Promise<unknown>) => promise.then(() => undefined, told);

async function play(address: string) {
  const told: string[] = [];
  const service = new Service().addMethod("tell", (text: string) => {
    told.push(text);
    return text.length;
  });
  const client = new Client(address, { service, logger: silent, ws: { subprotocols: ["rooms"] } });
  const subprotocol = new Promise((resolve) => client.on("connect", (peer) => resolve(peer.subprotocol)));
  const ended = new Promise((resolve) => client.on("disconnect", ({ kind }) => resolve(kind)));

  const many = Array.from({ length: 1_000 }, (_, at) => client.call("echo", [at]));
  const sum = (await Promise.all(many)).reduce((all: number, one) => all + (one as number), 0);
  const large = "é".repeat(1024 * 1024);
  const batch = client.batch();
  const members = [batch.call("add", [1, 2]), batch.call("echo", ["é漢😀"])];
  const noted = batch.notify("note", ["in a batch"]);
  await batch.send();
  await client.notify("note", ["alone"]);
  const results = {
    subprotocol: await subprotocol,
    sum,
    large: (await client.call("echo", [large])) === large,
    batch: await Promise.all(members),
    noted: await noted,
    error: await rejection(client.call("fail")),
    timeout: await rejection(client.call("never", [], { timeout: 20 })),
    calledBack: await client.call("callBack", ["from the server"]),
    told,
    notes: await client.call("notes"),
  };
  await client.close();
  return { ...results, ended: await ended, afterClose: await rejection(client.call("echo", [1])) };
}

/** What does not work in a browser, and how it says so. */
async function fail(address: string) {
  const withHeaders = new Client(address, { logger: silent, ws: { headers: { authorization: "Bearer abc" } } });
  const toNobody = new Client(new URL("/nobody", address), { logger: silent });
  let tcp: unknown;
  try {
    new Client("tcp://127.0.0.1:7080");
  } catch (error) {
    tcp = told(error);
  }
  return {
    tcp,
    headers: await rejection(withHeaders.call("echo", [1])),
    nobody: await rejection(toNobody.call("echo", [1])),
    listen: await rejection(listen(new Service(), "ws://127.0.0.1:0")),
  };
}

/** Stays connected until the server closes it. */
async function stay(address: string) {
  const client = new Client(address, { logger: silent, ws: { subprotocols: ["rooms"] } });
  const ended = new Promise((resolve) => client.on("disconnect", ({ kind }) => resolve(kind)));
  await client.call("echo", [1]);
  const owed = client.call("later", ["at last"]);
  await client.call("closeServer");
  return { owed: await owed, ended: await ended };
}

/** The same over HTTP, where nothing is pushed. */
async function playHttp(address: string) {
  const client = new Client(address, { logger: silent });
  const batch = client.batch();
  const members = [batch.call("add", [1, 2]), batch.call("echo", ["é漢😀"])];
  await batch.send();
  await client.notify("note", ["over HTTP"]);
  const results = {
    echoed: await client.call("echo", ["é漢😀"]),
    batch: await Promise.all(members),
    error: await rejection(client.call("fail")),
    timeout: await rejection(client.call("never", [], { timeout: 20 })),
    notes: await client.call("notes"),
  };
  await client.close();
  return results;
}

Object.assign(globalThis, { play, playHttp, fail, stay });
