/** Batches: section 6. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Service } from "../../src/service/service.ts";
import {
  check,
  failure,
  internalError,
  invalidRequest,
  methodNotFound,
  RawPeer,
  type Row,
  silent,
  success,
} from "./rows.ts";

const makeService = () =>
  new Service({ logger: silent, limits: { batchLength: 3 } })
    .addMethod("none", () => 1)
    .addMethod("echo", (value: unknown) => value)
    .addMethod("bigint", () => 1n);

const call = (id: number | string, method = "none", params = "[]") =>
  `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${params}}`;
const notification = '{"jsonrpc":"2.0","method":"none"}';

describe("batches", () => {
  const rows: readonly Row[] = [
    {
      name: "of one request: answered as an array",
      sent: `[${call(1)}]`,
      answered: `[${success("1", "1")}]`,
      exactly: true,
    },
    {
      name: "with white space",
      sent: `\n[\t${call(1)}\r\n,\n${call(2)} ] `,
      answered: `[${success("1", "1")},${success("2", "1")}]`,
      exactly: true,
    },
    { name: "of notifications: no answer", sent: `[${notification},${notification}]`, answered: undefined },
    {
      name: "of notifications and one that is no request",
      sent: `[${notification},0,${notification}]`,
      answered: `[${invalidRequest()}]`,
    },
    {
      name: "of requests of every fate",
      sent: `[${call(1, "nowhere")},${call(2, "bigint")},${call(3)}]`,
      answered: `[${methodNotFound("1")},${internalError("2")},${success("3", "1")}]`,
    },
    {
      name: "within a batch",
      sent: `[[${call(1)}],${call(2)}]`,
      answered: `[${invalidRequest()},${success("2", "1")}]`,
    },
    {
      name: "with one member that is broken JSON",
      sent: `[${call(1)},{"jsonrpc":]`,
      answered: failure("null", -32700, "Parse error"),
    },
  ];
  for (const row of rows) test(row.name, () => check(makeService, row));
});

const tooLong = failure("null", -32600, "Invalid Request", '{"limit":"batchLength","max":3}');
describe("limits.batchLength", () => {
  const rows: readonly Row[] = [
    {
      name: "as many as may be",
      sent: `[${notification},${call(2)},${call(3)}]`,
      answered: `[${success("2", "1")},${success("3", "1")}]`,
    },
    {
      name: "more requests",
      sent: `[${call(1)},${call(2)},${call(3)},${call(4)}]`,
      answered: tooLong,
    },
    { name: "more notifications", sent: `[${Array(4).fill(notification).join()}]`, answered: tooLong },
    { name: "more of nothing sensible", sent: "[0,0,0,0]", answered: tooLong },
  ];
  for (const row of rows) test(row.name, () => check(makeService, row, { batchLength: 3 }));
});

test("members run concurrently; the answer comes whole, once the last has ended", async () => {
  const releases = new Map<string, (value: unknown) => void>();
  const service = new Service({ logger: silent }).addMethod(
    "wait",
    (name: string) => new Promise((resolve) => releases.set(name, resolve)),
  );
  const peer = RawPeer.of(service);
  peer.send(`[${call(1, "wait", '["a"]')},${call(2, "wait", '["b"]')},${notification},${call(3, "wait", '["c"]')}]`);
  peer.send(call(4, "wait", '["d"]'));
  while (service.inFlight < 4) await Promise.resolve();
  assert.deepEqual([...releases.keys()], ["a", "b", "c", "d"]);

  for (const name of ["c", "a", "d"]) releases.get(name)?.(name);
  assert.equal(await peer.next(), success("4", '"d"'), "the batch still waits for b");
  releases.get("b")?.("b");
  const answers = JSON.parse(await peer.next()) as { id: number; result: unknown }[];
  assert.deepEqual(
    answers.sort((a, b) => a.id - b.id).map(({ id, result }) => [id, result]),
    [
      [1, "a"],
      [2, "b"],
      [3, "c"],
    ],
  );
});

test("a batch that needs no time is answered at once, one that does as a promise", async () => {
  const service = makeService().addMethod("later", async () => 2);
  assert.equal(service.handle(`[${call(1)}]`), `[${success("1", "1")}]`);
  const answer = service.handle(`[${call(1, "later")},${call(2)}]`);
  assert.ok(answer instanceof Promise);
  assert.equal(await answer, `[${success("2", "1")},${success("1", "2")}]`);
  assert.equal(service.handle('[{"jsonrpc":"2.0","method":"later"}]'), undefined);
});
