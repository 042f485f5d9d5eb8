/**
 * The example server: run `npx tsx examples/server.ts [address]`, or let `npm start` run it.
 *
 * It prints the address it listens on and serves until SIGTERM or SIGINT.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type CallContext, closeOnSignals, exportRpc, listen, RpcError, Service } from "tsjason";

/** An error of this application's own: callers get its code, message and data. */
class OverdrawnError extends RpcError<{ balance: number }> {
  constructor(balance: number) {
    super(1001, "The account does not hold that much", { balance });
  }
}

class MaintenanceError extends RpcError {
  constructor() {
    super(1002, "Down for maintenance");
  }
}

export class Main {
  #balance = 100;

  @exportRpc()
  echo(text: string): string {
    return text;
  }

  /** Methods may take their time. */
  @exportRpc()
  async deferredEcho(text: string): Promise<string> {
    await sleep(50);
    return text;
  }

  /** Callers may give params by name, since this says what the names are. */
  @exportRpc({ params: ["a", "b"] })
  add(a: number, b: number): number {
    return a + b;
  }

  /** The context comes first, and only because this asks for it. */
  @exportRpc({ context: true })
  whoami({ connection }: CallContext): string {
    const { transport, address, port } = connection?.peer ?? {};
    return `${transport} ${address}:${port}`;
  }

  @exportRpc()
  withdraw(amount: number): number {
    if (amount > this.#balance) throw new OverdrawnError(this.#balance);
    this.#balance -= amount;
    return this.#balance;
  }

  /** What a method throws that is no RpcError stays here: callers get -32000 "Server error". */
  @exportRpc()
  fail(): never {
    throw new Error("a secret of this process");
  }

  @exportRpc()
  log(line: string): void {
    console.log(`server: main.log was notified of ${JSON.stringify(line)}`);
  }

  /** Public, but not exported: callers cannot call it. */
  helper(): string {
    return "nobody gets to see this";
  }
}

const service = new Service({
  timeout: 2_000,
  onError: (error, { method }) => console.log(`server: ${method} failed with ${String(error)}`),
});
service.addHandler(new Main(), { namespace: "main" });
service.addMethod("admin.stop", () => void service.stopServing(MaintenanceError, { namespace: "main" }));
service.addMethod("admin.start", () => service.startServing({ namespace: "main" }));

const server = await listen(service, process.argv[2] ?? "tcp://127.0.0.1:7080");
console.log(`server: listening on ${server.address}`);

closeOnSignals(async () => {
  console.log("server: told to stop; finishing what is in flight");
  await server.close({ timeout: 10_000 });
  console.log("server: done");
});
