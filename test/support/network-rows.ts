/**
 * Addresses that neither tcp nor tls can make sense of.
 *
 * @param scheme - of the transport
 */
export function invalidNetworkAddresses(scheme: string): readonly (readonly [address: string, says: RegExp])[] {
  return [
    [`${scheme}://127.0.0.1`, /expected a port, as in ".*:7080", got none/],
    [`${scheme}://localhost:`, /expected a port/],
    [`${scheme}:127.0.0.1:7080`, new RegExp(`expected "${scheme}://host:port", got no host`)],
    [`${scheme}:7080`, /got no host/],
    [`${scheme}:///7080`, /got no host/],
    [`${scheme}://user@localhost:7080`, /expected no user and no password/],
    [`${scheme}://user:secret@localhost:7080`, /expected no user and no password/],
    [`${scheme}://localhost:7080/path`, /expected nothing behind the port, got "\/path"/],
    [`${scheme}://localhost:7080/#here`, /expected no fragment, got "#here"/],
    [`${scheme}://localhost:7080#here`, /expected no fragment/],
    [`${scheme}://256.0.0.1:7080`, /expected a host name or an IP address, got "256.0.0.1"/],
    [`${scheme}://a%zzb:7080`, /expected a host name or an IP address/],
    [`${scheme}://a%20b:7080`, /expected a host name or an IP address/],
    [`${scheme}://localhost:7080?framing=smoke`, /one of the framings netstring, content-length, newline, got "smoke"/],
    [`${scheme}://localhost:7080?framing=`, /got ""/],
    [`${scheme}://localhost:7080?framing=netstring&framing=netstring`, /framing twice/],
    [`${scheme}://localhost:7080?timeout=5`, /expected framing after the "\?", got "timeout"/],
  ];
}
