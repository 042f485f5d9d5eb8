import { createServer, connect as dial, type Socket } from "node:net";
import { createBirpc } from "birpc";
import { type Adapter, HOST } from "../lib/adapter.ts";
import { end } from "../lib/end.ts";

interface Remote {
  echo(text: string): string;
  notify(text: string): void;
}

/** It is no JSON-RPC (its messages are its own), and leaves the transport to its user: here JSON, a line a message. */
function lines(socket: Socket) {
  socket.setEncoding("utf8");
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  return {
    post: (line: string) => void socket.write(`${line}\n`),
    on(receive: (line: string) => void) {
      let rest = "";
      socket.on("data", (chunk: string) => {
        // The end of a long line is looked for in what is new only.
        if (!chunk.includes("\n")) {
          rest += chunk;
          return;
        }
        const parts = (rest + chunk).split("\n");
        rest = parts.pop() as string;
        for (const line of parts) receive(line);
      });
    },
    serialize: JSON.stringify,
    deserialize: JSON.parse,
  };
}

export const birpc: Adapter = {
  async serve() {
    let notified = 0;
    const functions: Remote = {
      echo: (text) => text,
      notify() {
        notified++;
      },
    };
    const server = createServer((socket) => {
      createBirpc<Record<string, never>, Remote>(functions, lines(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
    return { port: (server.address() as { port: number }).port, notified: () => notified };
  },

  async connect({ port }) {
    const socket = dial(port, HOST);
    await new Promise((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    const remote = createBirpc<Remote, Record<string, never>>({}, lines(socket));
    return {
      echo: (text) => remote.echo(text),
      notify: (text) => void remote.notify.asEvent(text),
      close() {
        remote.$close();
        return end(socket);
      },
    };
  },

  raw: {
    over: "tcp",
    request: (id, text) => `${JSON.stringify({ m: "echo", a: [text], i: String(id), t: "q" })}\n`,
  },
};
