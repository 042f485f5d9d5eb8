/** Where `node:net` connects for an address: of a unix socket, whose path may be percent-encoded, or of a host and port. */
export function socketAt(
  address: string,
): { readonly path: string } | { readonly host: string; readonly port: number } {
  const { protocol, pathname, hostname, port } = new URL(address);
  return protocol === "unix:" ? { path: decodeURIComponent(pathname) } : { host: hostname, port: Number(port) };
}
