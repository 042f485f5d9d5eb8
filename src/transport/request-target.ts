/**
 * The path of what a request of HTTP asks for, without its query.
 *
 * @param target - in origin form, or in the absolute form that servers have to take too (RFC 9112, section 3.2.2)
 */
export function pathOf(target: string): string {
  const [path] = target.replace(/^https?:\/\/[^/?]*/i, "").split("?", 1) as [string];
  return path === "" ? "/" : path;
}
