/** Bounds on what a peer may cost. Each is a number; `Infinity` takes the bound away. */
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
   * How many of a connection's requests and notifications may be in flight at once; a batch counts member by member.
   * Where there is no connection, as over HTTP, all requests of an address count together.
   *
   * Stops: a peer that starts more work than it waits for. The peer gets: -32096 Server Busy with
   * `data: { limit: "inFlight", max }`; a notification over it is dropped.
   */
  readonly inFlight: number;
  /**
   * How many bytes may wait for a slow reader before the connection stops reading, or, while it is owed answers
   * itself, refuses new requests with -32096 and `data: { limit: "queuedBytes", max }`. At most half of
   * `maxQueuedBytes` is sensible.
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
}

const KiB = 1024;
const MiB = 1024 * KiB;

/** For peers nobody has vouched for: the default for tcp, tls, ws, wss, http, https and nats. */
export const untrusted: Limits = Object.freeze({
  messageBytes: 4 * MiB,
  batchLength: 1_000,
  inFlight: 8_192,
  queuedBytes: 4 * MiB,
  maxQueuedBytes: 32 * MiB,
});

/** For peers on the same machine under the same hand: the default for unix sockets, stdio and in memory. */
export const trusted: Limits = Object.freeze({
  messageBytes: 64 * MiB,
  batchLength: 100_000,
  inFlight: 100_000,
  queuedBytes: 16 * MiB,
  maxQueuedBytes: 256 * MiB,
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
