import { CallError } from "./call-error.ts";

/** A handler called back, or notified, a peer that came by a way that only carries answers, such as HTTP. */
export class CannotPushError extends CallError {
  override name = "CannotPushError";

  constructor(method: string, transport: string) {
    super(`${method} was not sent: over ${transport} a server answers, and cannot call`, "not-sent");
  }
}
