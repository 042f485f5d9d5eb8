/** What was given is no OpenRPC document, or one that cannot be understood. */
export class InvalidDocumentError extends Error {
  override name = "InvalidDocumentError";
  /** Where in the document, as a JSON pointer (RFC 6901): `"/methods/0/name"`; `""` is the whole. */
  readonly pointer: string;

  constructor(pointer: string, why: string, options?: ErrorOptions) {
    super(`${pointer === "" ? "the document" : clipped(pointer, 200)}: ${why}`, options);
    this.pointer = pointer;
  }
}

/** A value of the document as an error may show it: what it is, or, where it is short, its JSON. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  return clipped(typeof value === "string" ? JSON.stringify(value) : String(value), 80);
}

function clipped(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
