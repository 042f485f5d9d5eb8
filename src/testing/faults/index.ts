/** `tsjason/testing/faults`: what goes wrong on networks, made to go wrong in tests. Node.js only. */
export type { Fault, FaultKind, FaultPlace, FaultPlan, Side } from "./fault.ts";
export { FaultProxy, type FaultProxyOptions } from "./fault-proxy.ts";
export type { ProxiedConnection } from "./proxied-connection.ts";
export { type RandomFaultOptions, randomFaults } from "./random-faults.ts";
