import { type Adapter, HOST } from "../lib/adapter.ts";
import { loadBlocking } from "../lib/product.ts";
import { tsjason } from "./tsjason.ts";

/* A thread that blocks sees no timer: the one that ends the slice gets its turn after so many calls. */
const CALLS_A_TURN = 16;

/** `tsjason/sync`: the thread sleeps until each call is answered. */
export const tsjasonSync: Adapter = {
  serve: tsjason.serve,
  async connect({ port }) {
    const { connectSync } = await loadBlocking();
    const client = connectSync<{ echo(text: string): string }>(`tcp://${HOST}:${port}`);
    let calls = 0;
    return {
      async echo(text) {
        const answer = client.call("echo", [text]);
        if (++calls % CALLS_A_TURN === 0) await new Promise(setImmediate);
        return answer;
      },
      close: () => client.close(),
    };
  },
};
