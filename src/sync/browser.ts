/*
 * What a bundle for browsers gets in the place of `tsjason/sync`: a page may not wait, and it has no threads of Node.js.
 */
export { DeadlockError } from "./errors/deadlock-error.ts";
export { WorkerLostError } from "./errors/worker-lost-error.ts";

/** @throws Error always */
export function connectSync(): never {
  throw new Error("tsjason/sync needs Node.js: in a browser nothing may block; use Client");
}
