/**
 * Where a JSON string ends that begins at a place: behind its closing quote. A regular expression would need the stack for
 * each of its characters, and there are strings of many megabytes.
 */
export function endOfString(json: string, start: number): number {
  for (let quote = json.indexOf('"', start + 1); quote >= 0; quote = json.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (json[quote - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return quote + 1;
  }
  return json.length;
}
