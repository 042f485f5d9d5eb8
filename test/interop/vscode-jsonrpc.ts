import { type MessageConnection, ParameterStructures } from "vscode-jsonrpc/node";
import type { Caller } from "./rows.ts";

/**
 * A connection of vscode-jsonrpc as a caller. Left to itself it sends a sole object by name and anything else by
 * position; here it is told.
 */
export function callerOf(connection: MessageConnection): Caller {
  const { byName, byPosition } = ParameterStructures;
  const told = (params: readonly unknown[] | object) =>
    Array.isArray(params) ? [byPosition, ...params] : [byName, params];
  return {
    call: (method, params = []) => connection.sendRequest(method, ...told(params)),
    notify: (method, params = []) => connection.sendNotification(method, ...told(params)),
  };
}
