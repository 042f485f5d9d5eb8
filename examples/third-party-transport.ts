/** A transport of one's own: `abstract:name`, the sockets of Linux that have a name and no file. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { type Address, InvalidAddressError, type Limits, registerTransport, type Transport, untrusted } from "tsjason";
import { contentLength, FramedChannel, netstring, newline } from "tsjason/framing";

/** What an address says: where the socket is, and how to make a channel of it. */
function read({ url, text }: Address) {
  const name = url.searchParams.get("framing") ?? netstring.name;
  const framing = [netstring, contentLength, newline].find((one) => one.name === name);
  if (!/^[\w.-]+$/.test(url.pathname) || !framing) throw new InvalidAddressError(text, 'expected "abstract:name"');
  const peer = { transport: "abstract" };
  const channel = (socket: Socket, limits: Limits) => new FramedChannel(socket, { framing, limits, peer });
  return { where: { path: `\0${url.pathname}` }, channel };
}

export const abstract: Transport = {
  limits: untrusted, // any user of the machine can connect
  async connect(address, { limits, signal }) {
    const { where, channel } = read(address);
    signal.throwIfAborted();
    const socket = connect({ ...where, allowHalfOpen: true });
    await once(socket, "connect", { signal }).catch((error) => {
      socket.on("error", () => {}).destroy();
      throw signal.aborted ? signal.reason : error;
    });
    return channel(socket, limits);
  },
  async listen(address, { limits, refused }, accept) {
    const { where, channel } = read(address);
    const server = createServer({ allowHalfOpen: true }, (socket) => accept(channel(socket, limits)));
    await once(server.listen(where), "listening");
    server.on("error", refused);
    let closed: Promise<void> | undefined;
    return { address: address.url.href, close: () => (closed ??= Promise.resolve(void server.close())) };
  },
};

registerTransport("abstract", async () => abstract);
