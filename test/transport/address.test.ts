import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidAddressError, parametersOf, parseAddress } from "../../src/transport/address.ts";
import { hostAndPort, socketPath } from "../../src/transport/socket-address.ts";

describe("an address", () => {
  it("has a scheme, and is kept as it was given", () => {
    const { text, scheme, url } = parseAddress("TCP://127.0.0.1:7080");
    assert.deepEqual([text, scheme, url.port], ["TCP://127.0.0.1:7080", "tcp", "7080"]);
  });

  it("can be a URL", () => {
    const url = new URL("tcp://127.0.0.1:7080");
    assert.equal(parseAddress(url).text, "tcp://127.0.0.1:7080");
  });

  for (const [text, says] of [
    ["", /expected something like "tcp:\/\/127\.0\.0\.1:7080" or "unix:\/run\/app\.sock"/],
    ["7080", /expected something like/],
    ["/run/app.sock", /expected something like/],
    ["127.0.0.1:7080", /expected something like/],
    ["tcp://:7080", /expected something like/],
    ["tcp://a b:7080", /expected something like/],
    ["tcp://::1:7080", /expected something like/],
    ["tcp://localhost:65536", /expected a port from 0 to 65535, got "65536"/],
    ["tcp://localhost:-1", /expected a port from 0 to 65535, got "-1"/],
    ["tcp://localhost:http/path", /expected a port from 0 to 65535, got "http"/],
    ["tls://[::1]:99999?framing=netstring", /expected a port from 0 to 65535, got "99999"/],
  ] as const) {
    it(`is not ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => parseAddress(text),
        (error: unknown) => {
          assert(error instanceof InvalidAddressError);
          assert.equal(error.name, "InvalidAddressError");
          assert.equal(error.address, text);
          assert(error.message.startsWith(JSON.stringify(text)));
          assert.match(error.message, says);
          return true;
        },
      );
    });
  }

  for (const [address, shown] of [
    ["ws://user:secret@host/rpc?token=secret&a=secret", "ws://host/rpc?token=***&a=***"],
    ["http://host/rpc?secret#part", "http://host/rpc?***#part"],
    ["wss://host/rpc?token=secret=", "wss://host/rpc?token=***"],
    ["tcp://host:1?framing=newline", "tcp://host:1?framing=newline"],
    ["unix:/run/a?b.sock?secret", "unix:/run/a?***"],
  ] as const) {
    it(`is shown without its secrets: ${shown}`, () => {
      assert.equal(parseAddress(address).shown, shown);
      assert.equal(new InvalidAddressError(address, "it is wrong").message, `"${shown}" is no address: it is wrong`);
    });
  }

  it("is not what is no text", () => {
    for (const nonsense of [undefined, null, 7080, {}]) {
      assert.throws(() => parseAddress(nonsense as unknown as string), InvalidAddressError);
    }
  });

  it("has the parameters that are known, each once", () => {
    const address = parseAddress("tcp://localhost:1?a=1&b=%20&c");
    assert.deepEqual(
      [...parametersOf(address, ["a", "b", "c"])],
      [
        ["a", "1"],
        ["b", " "],
        ["c", ""],
      ],
    );
    assert.throws(
      () => parametersOf(address, ["a", "b"]),
      /expected a, b after the "\?", got something without a value/,
    );
    assert.throws(() => parametersOf(address, []), /expected none after the "\?", got "a"/);
    assert.throws(() => parametersOf(parseAddress("tcp://localhost:1?a=1&a=1"), ["a"]), /a twice/);
    assert.deepEqual([...parametersOf(parseAddress("tcp://localhost:1"), [])], []);
  });
});

describe("host and port", () => {
  for (const [address, host, port] of [
    ["tcp://127.0.0.1:7080", "127.0.0.1", 7080],
    ["tcp://[::1]:7080", "::1", 7080],
    ["tcp://[::]:0", "::", 0],
    ["tcp://[0:0:0:0:0:0:0:1]:7080", "::1", 7080],
    ["tcp://localhost:65535", "localhost", 65_535],
    ["tcp://LocalHost:7080/", "localhost", 7080],
    ["tcp://my_host.example:80", "my_host.example", 80],
    ["tcp://bücher.example:7080", "xn--bcher-kva.example", 7080],
    ["tls://example.org:443?framing=netstring", "example.org", 443],
  ] as const) {
    it(`of ${address}`, () => {
      assert.deepEqual(hostAndPort(parseAddress(address), "listen"), { host, port });
    });
  }

  it("are no place to dial with the port 0", () => {
    assert.throws(() => hostAndPort(parseAddress("tcp://localhost:0"), "dial"), InvalidAddressError);
  });
});

describe("a socket's path", { skip: process.platform === "win32" && "needs Linux or macOS: unix sockets" }, () => {
  for (const [address, path] of [
    ["unix:/run/app.sock", "/run/app.sock"],
    ["unix:///run/app.sock", "/run/app.sock"],
    ["unix:relative.sock", "relative.sock"],
    ["unix:./a/../relative.sock", "./a/../relative.sock"],
    ["unix:/run/../app.sock", "/run/../app.sock"],
    ["unix:/tmp/a%20b%3F.sock", "/tmp/a b?.sock"],
    ["unix:/tmp/a b.sock", "/tmp/a b.sock"],
    ["unix:/tmp/%2e%2e/a.sock", "/tmp/../a.sock"],
    ["unix:/tmp/é%C3%A9.sock", "/tmp/éé.sock"],
    ["unix:/tmp/a\\b.sock", "/tmp/a\\b.sock"],
    ["unix:////tmp/a.sock", "//tmp/a.sock"],
    ["unix:/tmp/a.sock?framing=netstring", "/tmp/a.sock"],
    ["UNIX:/tmp/A.sock\n", "/tmp/A.sock"],
  ] as const) {
    it(`of ${JSON.stringify(address)}`, () => {
      assert.equal(socketPath(parseAddress(address)), path);
    });
  }
});
