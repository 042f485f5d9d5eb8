const NAMES: ReadonlyMap<number, string> = new Map([
  [0x09, "\\t"],
  [0x0a, "\\n"],
  [0x0d, "\\r"],
  [0x5c, "\\\\"],
]);

/** Bytes as printable ASCII: what is none is written `\n`, `\r`, `\t`, `\\` or `\xNN`. */
export function escapedBytes(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x5c;
    text += isPlain ? String.fromCharCode(byte) : (NAMES.get(byte) ?? `\\x${byte.toString(16).padStart(2, "0")}`);
  }
  return text;
}
