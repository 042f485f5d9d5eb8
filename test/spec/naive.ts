/**
 * JSON-RPC 2.0 read the slow and obvious way, to compare the parser with: a JSON reader that keeps every number's text,
 * and the rules of the specification one after the other. It shares no code with src/.
 */

/** A number and how it was written. */
class Num {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What was read, in terms that can be compared. */
export type Reading =
  | { readonly kind: "request"; readonly id: string; readonly method: string; readonly params: unknown }
  | { readonly kind: "notification"; readonly method: string; readonly params: unknown }
  | { readonly kind: "response"; readonly id: unknown; readonly result: unknown; readonly error: unknown }
  | { readonly kind: "flawed response"; readonly id: unknown }
  | { readonly kind: "invalid"; readonly id: string; readonly code: number; readonly limit: string | undefined }
  | { readonly kind: "batch"; readonly members: readonly Reading[] };

export function readNaively(text: string, batchLength: number): Reading {
  let value: unknown;
  try {
    value = new Reader(text).whole();
  } catch {
    return invalid(undefined, -32700);
  }
  if (!Array.isArray(value)) return single(value);
  if (value.length === 0) return invalid(undefined, -32600);
  if (value.length > batchLength) return invalid(undefined, -32600, "batchLength");
  return { kind: "batch", members: value.map(single) };
}

function invalid(id: unknown, code: number, limit?: string): Reading {
  return { kind: "invalid", id: writeId(id), code, limit };
}

function single(value: unknown): Reading {
  if (!(value instanceof Map)) return invalid(undefined, -32600);
  const id: unknown = value.get("id");
  const isId = typeof id === "string" || id instanceof Num || id === null;
  if (!value.has("method") && (value.has("result") || value.has("error")))
    return response(value, isId ? id : undefined);
  const method: unknown = value.get("method");
  if (value.get("jsonrpc") !== "2.0" || typeof method !== "string") return invalid(id, -32600);
  const params = plain(value.get("params"));
  if (!value.has("id")) return { kind: "notification", method, params };
  if (!isId) return invalid(undefined, -32600);
  if (value.has("params") && (typeof params !== "object" || params === null)) return invalid(id, -32600);
  return { kind: "request", id: writeId(id), method, params };
}

function response(value: Map<string, unknown>, id: unknown): Reading {
  const flawed: Reading = { kind: "flawed response", id: plain(id) };
  if (value.get("jsonrpc") !== "2.0" || id === undefined) return flawed;
  if (!value.has("error")) {
    return { kind: "response", id: plain(id), result: plain(value.get("result")), error: undefined };
  }
  const error = value.get("error");
  if (value.has("result") || !(error instanceof Map)) return flawed;
  const code = error.get("code");
  if (!(code instanceof Num) || !Number.isInteger(Number(code.text))) return flawed;
  if (typeof error.get("message") !== "string") return flawed;
  return { kind: "response", id: plain(id), result: undefined, error: plain(error) };
}

function writeId(id: unknown): string {
  if (id instanceof Num) return id.text;
  return typeof id === "string" ? JSON.stringify(id) : "null";
}

/** As JSON.parse would give it. */
function plain(value: unknown): unknown {
  if (value instanceof Num) return Number(value.text);
  if (Array.isArray(value)) return value.map(plain);
  if (!(value instanceof Map)) return value;
  const object = {};
  for (const [key, member] of value) {
    Object.defineProperty(object, key, {
      value: plain(member),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return object;
}

/** RFC 8259, with objects as maps. Throws on what is no JSON. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): unknown {
    const value = this.#value();
    if (this.#at < this.#text.length) throw new SyntaxError("more follows");
    return value;
  }

  #value(): unknown {
    this.#space();
    const value = this.#bare();
    this.#space();
    return value;
  }

  #bare(): unknown {
    const first = this.#text[this.#at];
    if (first === "{") return this.#object();
    if (first === "[") return this.#array();
    if (first === '"') return this.#string();
    for (const [word, value] of [
      ["true", true],
      ["false", false],
      ["null", null],
    ] as const) {
      if (this.#take(word)) return value;
    }
    return new Num(this.#match(/-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y));
  }

  #object(): Map<string, unknown> {
    const members = new Map<string, unknown>();
    this.#expect("{");
    this.#space();
    if (this.#take("}")) return members;
    do {
      this.#space();
      const key = this.#string();
      this.#space();
      this.#expect(":");
      members.set(key, this.#value());
    } while (this.#take(","));
    this.#expect("}");
    return members;
  }

  #array(): unknown[] {
    const elements: unknown[] = [];
    this.#expect("[");
    this.#space();
    if (this.#take("]")) return elements;
    do elements.push(this.#value());
    while (this.#take(","));
    this.#expect("]");
    return elements;
  }

  #string(): string {
    this.#expect('"');
    let string = "";
    while (!this.#take('"')) {
      if (this.#text.charCodeAt(this.#at) < 0x20) throw new SyntaxError("a control character");
      const piece = this.#match(/[^"\\]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4}/y);
      if (piece.length === 6) string += String.fromCharCode(Number.parseInt(piece.slice(2), 16));
      else if (piece.length === 2)
        string += { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" }[piece[1] ?? ""] ?? piece[1];
      else string += piece;
    }
    return string;
  }

  #space(): void {
    while (" \t\r\n".includes(this.#text[this.#at] ?? "none")) this.#at++;
  }

  #take(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  #expect(word: string): void {
    if (!this.#take(word)) throw new SyntaxError(`expected ${word}`);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) throw new SyntaxError("unexpected");
    this.#at += found.length;
    return found;
  }
}
