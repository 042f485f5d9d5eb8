/** One copy of a service on NATS: `npx tsx examples/nats/copy.ts nats://127.0.0.1:4222/example NAME`. SIGTERM ends it. */
import { closeOnSignals, listen, Service } from "tsjason";

const [address = "nats://127.0.0.1:4222/example", name = "a copy"] = process.argv.slice(2);
const WORK_MS = 25;

const service = new Service({ timeout: 2_000 });
service.addMethod("work", (_job: number) => new Promise((resolve) => setTimeout(resolve, WORK_MS, name)));

const server = await listen(service, address, { nats: { service: { name: "example", version: "1.0.0" } } });
console.log(`${name} serves`);
closeOnSignals(async () => {
  const inHand = service.inFlight;
  await server.close();
  console.log(`${name} has finished the ${inHand} calls it had in hand, and ends`);
});
