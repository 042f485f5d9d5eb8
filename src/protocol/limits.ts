/** Bounds on what a peer may cost. Each is a number above zero; `Infinity` takes the bound away. */
export interface Limits {
  /**
   * The longest message that is taken in, in bytes of its text.
   *
   * Stops: one message that fills the memory, or blocks the event loop while it is parsed. The peer gets: a -32700
   * with id null and a close, since no byte after an over-long frame can be trusted to start a new one. Where frames
   * are lines, the next newline can be, and the connection lives on. Over WebSocket it gets a close with code 1009, which
   * says as much.
   */
  readonly messageBytes: number;
  /**
   * How many members a batch may have, taken in or sent out.
   *
   * Stops: a small text that asks for thousands of answers. The peer gets: one -32600 with id null and
   * `data: { limit: "batchLength", max }`. One's own batch over it is refused before it is sent.
   */
  readonly batchLength: number;
  /**
   * How many arrays and objects may stand one within another in a message that is taken in, itself included.
   *
   * Stops: params that overflow the stack of a method that goes through them. The peer gets: -32600 with
   * `data: { limit: "depth", max }`; a notification is dropped, an answer rejects its call.
   */
  readonly depth: number;
  /**
   * How many of a connection's requests and notifications may be in flight at once; a batch counts member by member.
   * Where there is no connection, as over HTTP, all requests of an address count together.
   *
   * Stops: a peer that starts more work than it waits for. The peer gets: -32096 Server Busy with
   * `data: { limit: "inFlight", max }`; a notification over it is dropped.
   */
  readonly inFlight: number;
  /**
   * How many calls may be in flight in a whole server, over all its connections and addresses.
   *
   * Stops: many connections that each stay below `inFlight`. The peer gets: as there, with `limit: "totalInFlight"`.
   */
  readonly totalInFlight: number;
  /**
   * How many requests and notifications a connection may send in a second, and at once after a quiet one: a bucket of as
   * many tokens as a second brings. A batch counts member by member, and what is wrong with it counts too. Where there is
   * no connection, all requests of an address count together.
   *
   * Stops: a flood of calls that are answered too soon to be many at once. The peer gets: -32096 Server Busy with
   * `data: { limit: "callsPerSecond", max }`; a notification over it is dropped.
   */
  readonly callsPerSecond: number;
  /**
   * How many bytes may wait for a slow reader before the connection stops reading, or, while it is owed answers
   * itself, refuses new requests with -32096 and `data: { limit: "queuedBytes", max }`. At most half of
   * `maxQueuedBytes` is sensible. Calls in flight count by what their methods' answers took so far: when these would go over
   * it, reading goes on only slowly.
   *
   * Stops: a peer that asks and never reads.
   */
  readonly queuedBytes: number;
  /**
   * How many bytes may wait for a slow reader at all; over it the connection is cut, with the reason logged.
   *
   * Stops: the same peer with thousands of answers in flight already when it stopped reading.
   */
  readonly maxQueuedBytes: number;
  /**
   * Milliseconds for which something may wait for a slow reader that takes none of it; then the connection is cut, with the
   * reason logged. Up to a quarter later.
   *
   * Stops: a peer that never reads, and keeps what is queued for it.
   */
  readonly stallTime: number;
  /**
   * Milliseconds in which a message has to arrive whole, once it has begun; up to a quarter more, and not while this side
   * does not read.
   *
   * Stops: a message sent byte by byte, for ever. The peer gets: a -32600 with id null and
   * `data: { limit: "messageTime", max }`, and a close. Over HTTP it gets a 408, by the option `http.requestTimeout`, whose
   * default this is.
   */
  readonly messageTime: number;
  /**
   * Milliseconds that all may take which comes before the first message: a TLS handshake, a request for a WebSocket, the
   * headers of an HTTP request, and the option `authorize`. Each has an option of its own, whose default this is.
   *
   * Stops: connections that hold a place and never ask for anything. The peer gets: a close, over HTTP a 408, or a 503 when
   * it was `authorize` that took too long.
   */
  readonly handshakeTime: number;
  /**
   * Milliseconds for which a connection may carry nothing, either way, with nothing in flight and nothing pending; then
   * it is closed in good order. Up to a quarter later.
   *
   * Stops: connections that are kept for nothing. Peers that are gone without a word are found in other ways: by TCP's
   * keep-alive, WebSocket's heartbeat and the option `http.keepAliveTimeout`.
   */
  readonly idleTime: number;
  /**
   * How many connections a server has at most, over all its addresses, with those that are in their handshakes.
   *
   * Stops: a flood of connections. The peer gets: over tcp and unix a -32096 with id null and
   * `data: { limit: "connections", max }`, over ws and http a 503, and a close.
   */
  readonly connections: number;
  /**
   * How many of them come from one IP address; of IPv6, from one network of 64 bits.
   *
   * Stops: one machine that takes all the places. The peer gets: as there, with `limit: "connectionsPerAddress"`.
   */
  readonly connectionsPerAddress: number;
  /**
   * How many requests of an address may wait for the option `authorize` at once.
   *
   * Stops: requests that pile up before a slow hook, where `inFlight` does not count yet. The peer gets: a 503.
   */
  readonly authorizing: number;
  /**
   * How many messages that make no sense a connection may carry: answers that no call awaits, and texts that are neither
   * answers nor requests. The first of them are logged one by one, the rest in one line at the end.
   *
   * Stops: a flood of the log. The peer gets: a -32600 with id null and `data: { limit: "violations", max }`, and a close.
   */
  readonly violations: number;
}

const KiB = 1024;
const MiB = 1024 * KiB;
const NONE = Number.POSITIVE_INFINITY;

/** For peers nobody has vouched for: the default for tcp, tls, ws, wss, http, https and nats. */
export const untrusted: Limits = Object.freeze({
  messageBytes: 4 * MiB,
  batchLength: 1_000,
  depth: 1_000,
  inFlight: 8_192,
  totalInFlight: 65_536,
  callsPerSecond: NONE,
  queuedBytes: 4 * MiB,
  maxQueuedBytes: 32 * MiB,
  stallTime: 30_000,
  messageTime: 30_000,
  handshakeTime: 10_000,
  idleTime: NONE,
  connections: 10_000,
  connectionsPerAddress: NONE,
  authorizing: 1_000,
  violations: 1_000,
});

/** For peers on the same machine under the same hand: the default for unix sockets, stdio and in memory. */
export const trusted: Limits = Object.freeze({
  messageBytes: 64 * MiB,
  batchLength: 100_000,
  depth: 10_000,
  inFlight: 100_000,
  totalInFlight: NONE,
  callsPerSecond: NONE,
  queuedBytes: 16 * MiB,
  maxQueuedBytes: 256 * MiB,
  stallTime: 300_000,
  messageTime: NONE,
  handshakeTime: 10_000,
  idleTime: NONE,
  connections: NONE,
  connectionsPerAddress: NONE,
  authorizing: 10_000,
  violations: NONE,
});
/** A profile's name, or limits that differ from one. */
export type LimitOptions = "untrusted" | "trusted" | (Partial<Limits> & { readonly profile?: "untrusted" | "trusted" });

const profiles = new Map<unknown, Limits>([
  ["untrusted", untrusted],
  ["trusted", trusted],
]);

/* What came out of `resolveLimits` goes in again for each connection of a server, which then share it. */
const resolved = new WeakSet<object>([untrusted, trusted]);

/**
 * The limits that options ask for.
 *
 * @param options - what the user said
 * @param usual - what holds where they said nothing
 * @throws RangeError when a profile is unknown, or a limit is unknown, no number, or not above zero
 */
export function resolveLimits(options: LimitOptions | undefined, usual: Limits): Limits {
  if (options === undefined) return usual;
  if (typeof options === "string") return profileNamed(options);
  if (resolved.has(options)) return options as Limits;
  const { profile, ...given } = options;
  const limits: Record<string, number> = { ...(profile === undefined ? usual : profileNamed(profile)) };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(limits, name)) throw new RangeError(`there is no limit named ${name}`);
    if (typeof value !== "number" || !(value > 0)) {
      throw new RangeError(`expected a number above zero as the limit ${name}, got ${String(value)}`);
    }
    limits[name] = value;
  }
  resolved.add(limits);
  return Object.freeze(limits) as unknown as Limits;
}

/** Whether a text is longer than so many bytes of UTF-8. */
export function isLongerThan(text: string, bytes: number): boolean {
  // No code unit takes more than three: few texts need to be counted.
  if (text.length > bytes || text.length * 3 <= bytes) return text.length > bytes;
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const isSurrogate = (code & 0xf800) === 0xd800;
    count += code < 0x80 ? 1 : code < 0x800 || isSurrogate ? 2 : 3;
  }
  return count > bytes;
}

function profileNamed(name: unknown): Limits {
  const profile = profiles.get(name);
  if (!profile) throw new RangeError(`expected "untrusted" or "trusted" as the limits' profile, got ${String(name)}`);
  return profile;
}
