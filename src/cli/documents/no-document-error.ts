import type { ErrorObject } from "../../protocol/error-object.ts";

/** Who was asked for an OpenRPC document answered with something else. */
export class NoDocumentError extends Error {
  override name = "NoDocumentError";

  constructor(address: string, why: string, options?: ErrorOptions) {
    super(`${address} has no OpenRPC document: ${why}`, options);
  }
}

/** An error answer as the reason: most servers have no rpc.discover. */
export function refusal({ code, message }: ErrorObject): string {
  return `it answers rpc.discover with error ${code}, ${message}`;
}
