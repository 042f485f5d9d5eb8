import type { ServicesModule, TransportModule } from "./official.ts";

/*
 * The optional packages. `as string` keeps the compiler from reading their declarations, which would not compile.
 */

/** @throws Error that says what to install, when it is not there */
export function loadTransport(): Promise<TransportModule> {
  return load("@nats-io/transport-node", () => import("@nats-io/transport-node" as string));
}

/** @throws Error that says what to install, when it is not there */
export function loadServices(): Promise<ServicesModule> {
  return load("@nats-io/services", () => import("@nats-io/services" as string));
}

async function load<Module>(name: string, run: () => Promise<Module>): Promise<Module> {
  try {
    return await run();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND" || !message.includes(`'${name}'`)) throw cause;
    throw new Error(`nats: addresses need the package ${name}, which is not installed: npm install ${name}`, { cause });
  }
}
