import assert from "node:assert/strict";
import { Agent } from "node:https";
import { describe, it, type TestContext } from "node:test";
import type { Exchange, ServeExchange } from "../../src/connection/exchange.ts";
import { isExchange } from "../../src/connection/exchange.ts";
import { type Limits, resolveLimits, untrusted } from "../../src/protocol/limits.ts";
import { InvalidAddressError, parseAddress } from "../../src/transport/address.ts";
import { fetchHandlerOf } from "../../src/transport/http/fetch-handler.ts";
import { Gate } from "../../src/transport/http/gate.ts";
import { http, https } from "../../src/transport/http/http.ts";
import type { Transport } from "../../src/transport/transport.ts";
import { exchangeSuite } from "../conformance/exchange.ts";
import { accepting } from "../support/accepting.ts";
import { agentFetch } from "../support/agent-fetch.ts";
import { makeAuthority, makeCertificate } from "../support/certificates.ts";
import { cleanUp } from "../support/cleanup.ts";
import { withoutIpv6 } from "../support/ipv6.ts";

type Options = Readonly<Record<string, unknown>>;

const authority = await makeAuthority("Authority");
const certificate = await makeCertificate(authority, { name: "server" });
const agent = new Agent({ keepAlive: true, ca: authority.cert });

async function dial(transport: Transport, address: string, options: Options = {}, limits?: Partial<Limits>) {
  const carrier = await transport.connect(parseAddress(address), {
    limits: resolveLimits(limits, transport.limits),
    signal: new AbortController().signal,
    transport: options,
  });
  assert(isExchange(carrier));
  return carrier;
}

async function listen(
  test: TestContext,
  transport: Transport,
  address: string,
  options: Options = {},
  serve: ServeExchange = (text) => text,
  limits?: Partial<Limits>,
) {
  const told = {
    ...accepting(resolveLimits(limits, transport.limits)),
    transport: options,
    refused: () => {},
    serve,
    methods: () => () => {},
  };
  const listener = await transport.listen(parseAddress(address), told, () => assert.fail("no channels"));
  const kill = async () => {
    await listener.close();
    await listener.end?.(0);
  };
  cleanUp(test, kill);
  return { listener, address: listener.address, kill };
}

for (const [transport, name, dialOptions, listenOptions] of [
  [http, "http", {}, {}],
  [https, "https", { tls: { ca: authority.cert } }, { tls: certificate }],
  [http, "http", { http: { fetch } }, {}],
  [https, "https", { http: { fetch: agentFetch(agent) } }, { tls: certificate }],
] as const) {
  exchangeSuite({
    name,
    hearsLeaving: true,
    canBeKilled: true,
    open: async (test, serve, limits) => {
      const { address, kill } = await listen(
        test,
        transport,
        `${name}://127.0.0.1:0/rpc`,
        listenOptions,
        serve,
        limits,
      );
      return { exchange: await dial(transport, address, dialOptions, limits), kill };
    },
  });
}

/* The other end of a handler of the Fetch API needs no socket: it is a fetch. */
exchangeSuite({
  name: "http",
  hearsLeaving: true,
  canBeKilled: false,
  open: async (_test, serve, limits) => {
    const front = {
      ...accepting(resolveLimits(limits, untrusted)),
      gate: new Gate({}, false),
      authorizing: undefined,
      serve,
      failed: assert.ifError,
    };
    const handler = fetchHandlerOf(front, () => undefined);
    const fetch = (input: string, init: RequestInit) => unlessAborted(() => handler(new Request(input, init)), init);
    return {
      exchange: await dial(http, "http://handler.example/rpc", { http: { fetch } }, limits),
      kill: () => assert.fail("there is no server to be killed"),
    };
  },
});

/** Gives up with the signal, as fetch does. */
function unlessAborted<T>(start: () => Promise<T>, { signal }: RequestInit): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal?.reason);
    if (signal?.aborted) return abort();
    signal?.addEventListener("abort", abort, { once: true });
    start()
      .then(resolve, reject)
      .finally(() => signal?.removeEventListener("abort", abort));
  });
}

describe("addresses of http", () => {
  for (const [given, expected] of [
    ["http://127.0.0.1:0", /^http:\/\/127\.0\.0\.1:\d+\/$/],
    ["http://[::1]:0/a/b", /^http:\/\/\[::1\]:\d+\/a\/b$/],
    ["http://localhost:0/rpc", /^http:\/\/localhost:\d+\/rpc$/],
    ["http://127.1:0/%20", /^http:\/\/127\.0\.0\.1:\d+\/%20$/],
  ] as const) {
    it(`${given} is listened on, and can be dialled at what it gives`, { skip: withoutIpv6(given) }, async (t) => {
      const { address } = await listen(t, http, given);
      assert.match(address, expected);
      const exchange = await dial(http, address);
      const options = { signal: new AbortController().signal, expectsAnswer: true };
      assert.equal(await exchange.exchange("1", options), "1");
    });
  }

  it("lead to one path", async (t) => {
    const { address } = await listen(t, http, "http://127.0.0.1:0/rpc");
    for (const path of ["/", "/rpc/", "/rpc/x", "/RPC", "//rpc", "/x/../rpc2"]) {
      const exchange = await dial(http, new URL(address).origin + path);
      const asked = exchange.exchange("1", { signal: new AbortController().signal, expectsAnswer: true });
      await assert.rejects(asked, { kind: "no-text", message: /HTTP 404/ }, path);
    }
    const withQuery = await dial(http, `${address}?tenant=7`);
    assert.equal(await withQuery.exchange("1", { signal: new AbortController().signal, expectsAnswer: true }), "1");
  });

  it("are listened on once, and free again when the listener is closed", async (t) => {
    const first = await listen(t, http, "http://127.0.0.1:0/rpc");
    await assert.rejects(listen(t, http, first.address), { code: "EADDRINUSE" });
    await first.listener.close();
    assert.equal(first.listener.close(), first.listener.close());
    const again = await listen(t, http, first.address);
    assert.equal(again.address, first.address);
  });

  for (const [what, address, use, says] of [
    ["a user, to listen", "http://alice@127.0.0.1:0/", "listen", /expected no user and no password to listen/],
    ["a query, to listen", "http://127.0.0.1:0/?a=1", "listen", /expected none after the "\?", got "a"/],
    ["a fragment, to listen", "http://127.0.0.1:0/#a", "listen", /expected no fragment/],
    ["a fragment", "http://127.0.0.1:80/#a", "dial", /expected no fragment/],
    ["port 0", "http://127.0.0.1:0/", "dial", /expected a port from 1 to 65535 \(0 is for listening\)/],
    ["a password that is no UTF-8", "http://a:%ff@127.0.0.1/", "dial", /expected percent-encoded UTF-8/],
  ] as const) {
    it(`make no sense with ${what}`, async (t) => {
      const attempt = use === "dial" ? dial(http, address) : listen(t, http, address);
      await assert.rejects(attempt, (error: Error) => {
        assert(error instanceof InvalidAddressError, String(error));
        assert.match(error.message, says);
        assert.doesNotMatch(`${error.message} ${error.address}`, /alice|%ff/);
        return true;
      });
    });
  }

  it("have the ports of the web where they name none", async () => {
    const asked: string[] = [];
    const fetch = async (url: string) => {
      asked.push(url);
      return new Response(null, { status: 204 });
    };
    for (const [transport, address] of [
      [http, "http://rpc.example"],
      [https, "https://rpc.example/a?b=c"],
    ] as const) {
      const exchange: Exchange = await dial(transport, address, { http: { fetch } });
      await exchange.exchange("1", { signal: new AbortController().signal, expectsAnswer: false });
    }
    assert.deepEqual(asked, ["http://rpc.example/", "https://rpc.example/a?b=c"]);
  });
});

describe("options of http that make no sense are refused", () => {
  for (const [what, options, error] of [
    ["no object", { http: "fast" }, TypeError],
    ["a concurrency of none", { http: { concurrency: 0 } }, RangeError],
    ["a concurrency of half", { http: { concurrency: 0.5 } }, RangeError],
    ["a fetch that is none", { http: { fetch: "it" } }, TypeError],
    ["a header that is none", { http: { headers: { "a b": "c" } } }, TypeError],
    ["TLS, which fetch cannot be told of", { http: { fetch }, tls: { ca: "mine" } }, TypeError],
    ["TLS that is no object", { tls: "ca" }, TypeError],
    ["TLS that says where to go", { tls: { host: "elsewhere" } }, TypeError],
  ] as const) {
    it(`to dial: ${what}`, async () => {
      await assert.rejects(dial(https, "https://127.0.0.1:1/", options), error);
    });
  }

  for (const [what, options, message] of [
    ["no object", 7, /expected an object as the option http/],
    ["a time that is none", { requestTimeout: "soon" }, /http.requestTimeout/],
    ["a negative time", { keepAliveTimeout: -1 }, /http.keepAliveTimeout/],
    ["hosts that are no list", { hosts: "localhost" }, /http.hosts/],
    ["origins that are none", { origins: ["app.example"] }, /expected an origin such as/],
    ["origins of CORS that are none", { cors: { origins: [""] } }, /expected an origin such as/],
    ["credentials for anyone", { cors: { origins: ["*"], credentials: true } }, /http.cors.origins to name them/],
    ["a hook that is none", { authorize: true }, /expected a function as the option http.authorize/],
  ] as const) {
    it(`to listen: ${what}`, async (t) => {
      await assert.rejects(listen(t, http, "http://127.0.0.1:0/", { http: options }), { message });
    });
  }

  it("to listen: no certificate", async (t) => {
    await assert.rejects(listen(t, https, "https://127.0.0.1:0/"), /expected the server's certificate and key/);
  });
});

describe("https", () => {
  it("says what TLS knows of the client, and reports what is no TLS", async (t) => {
    const client = await makeCertificate(authority, { name: "client" });
    const tls = { ...certificate, ca: authority.cert, requestCert: true };
    const seen: unknown[] = [];
    const { address } = await listen(t, https, "https://127.0.0.1:0/", { tls }, (text, { peer }) => {
      seen.push(peer.tls?.certificate?.subject.CN, peer.tls?.authorized, peer.address);
      return text;
    });
    const exchange = await dial(https, address, { tls: { ca: authority.cert, ...client } });
    assert.equal(await exchange.exchange("1", { signal: new AbortController().signal, expectsAnswer: true }), "1");
    assert.deepEqual(seen, ["client", true, "127.0.0.1"]);
  });

  it("refuses to talk to a server whose certificate nobody vouches for, and sends nothing", async (t) => {
    const served: string[] = [];
    const { address } = await listen(t, https, "https://127.0.0.1:0/", { tls: certificate }, (text) => {
      served.push(text);
      return text;
    });
    const exchange = await dial(https, address);
    const asked = exchange.exchange("1", { signal: new AbortController().signal, expectsAnswer: true });
    await assert.rejects(asked, { kind: "unreachable" });
    assert.deepEqual(served, []);
  });
});
