/** The head of an answer of HTTP/1.1, as far as a client of ours wants to know it (RFC 9112, sections 4 and 5). */
export interface ResponseHead {
  readonly status: number;
  /** Whether the connection may carry another request. */
  readonly isKept: boolean;
  /** Seconds for which the server keeps the connection without one, where it says so. */
  readonly keptFor: number | undefined;
  /** How the body ends: after so many bytes, after its last chunk, or with the connection. */
  readonly length: number | "chunked" | "until close";
  readonly contentType: string | null;
  readonly contentEncoding: string;
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |$)/;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/* Fifteen digits always fit a JavaScript number to the last. */
const LENGTH = /^\d{1,15}$/;

/**
 * Reads a head, strictly: two ends that read one differently can be made to take the end of one message for the start of
 * another.
 *
 * @param text - up to the empty line, without it
 * @throws Error when it is none
 */
export function readHead(text: string): ResponseHead {
  const [first = "", ...lines] = text.split("\r\n");
  const [, minor, digits] = STATUS_LINE.exec(first) ?? [];
  if (digits === undefined) throw new Error("expected an answer of HTTP/1.1");
  const fields = new Map<string, string>();
  for (const line of lines) {
    const [name, value] = readField(line);
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  const status = Number(digits);
  const length = lengthOf(status, fields);
  const connection = fields.get("connection")?.toLowerCase() ?? "";
  const isKept = minor === "1" && !/(?:^|,)\s*close\s*(?:,|$)/.test(connection) && length !== "until close";
  const seconds = /timeout=(\d{1,9})/i.exec(fields.get("keep-alive") ?? "")?.[1];
  return {
    status,
    isKept,
    keptFor: seconds === undefined ? undefined : Number(seconds),
    length,
    contentType: fields.get("content-type") ?? null,
    contentEncoding: fields.get("content-encoding") ?? "identity",
  };
}

function readField(line: string): [name: string, value: string] {
  const colon = line.indexOf(":");
  const name = line.slice(0, Math.max(colon, 0));
  const value = line.slice(colon + 1);
  if (!TOKEN.test(name) || /[\r\n\0]/.test(value)) throw new Error("a header field of the answer is malformed");
  return [name.toLowerCase(), value.trim()];
}

/** RFC 9112, section 6.3. */
function lengthOf(status: number, fields: ReadonlyMap<string, string>): ResponseHead["length"] {
  if (status < 200 || status === 204 || status === 304) return 0;
  const coding = fields.get("transfer-encoding");
  const length = fields.get("content-length");
  if (coding !== undefined) {
    if (length !== undefined) throw new Error("the answer has both a Content-Length and a Transfer-Encoding");
    if (coding.toLowerCase() !== "chunked") throw new Error("the answer has an unknown Transfer-Encoding");
    return "chunked";
  }
  if (length === undefined) return "until close";
  if (!LENGTH.test(length)) throw new Error("the answer's Content-Length is malformed");
  return Number(length);
}
