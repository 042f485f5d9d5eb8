/** `tsjason/ports`: JSON-RPC between threads, processes and windows, over the ports they have. It runs in browsers too. */
export { type IpcEnd, ipcChannel } from "./ipc.ts";
export type { EmittingPort, PortLike, TargetPort } from "./listen.ts";
export { portChannel } from "./message-port.ts";
export { parentChannel } from "./parent.ts";
export type { PortChannelOptions } from "./port-channel.ts";
export { type ListeningWindow, type WindowChannelOptions, type WindowTarget, windowChannel } from "./window.ts";
export { WorkerExitError, type WorkerLike, workerChannel } from "./worker.ts";
