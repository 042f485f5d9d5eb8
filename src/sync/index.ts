/** `tsjason/sync`: a client whose calls block, for scripts and the REPL. */
export { DeadlockError } from "./errors/deadlock-error.ts";
export { WorkerLostError } from "./errors/worker-lost-error.ts";
export type { SyncClientOptions } from "./options.ts";
export type { SyncCallOptions, SyncNamespace } from "./sync-api.ts";
export { SyncBatch } from "./sync-batch.ts";
export { connectSync, SyncClient } from "./sync-client.ts";
export { SyncResult } from "./sync-result.ts";
