import { DisconnectError } from "./errors/disconnect-error.ts";

/*
 * How a link ended, in the same words whatever it ran over. `who` is the other end, as errors and the log name it.
 */

/** This side ended it in good order. */
export function closedTo(who: string): DisconnectError {
  return new DisconnectError("closed", `this side closed the connection to ${who}`);
}

/** This side ended it at once. */
export function cutFrom(who: string, cause?: Error): DisconnectError {
  const why = cause ? `: ${cause.message}` : "";
  return new DisconnectError("closed", `this side cut the connection to ${who}${why}`, cause && { cause });
}

/** This side ended it over a limit that the peer exceeded. */
export function closedOver(cause: Error, kind: "closed" | "violation", who: string): DisconnectError {
  return new DisconnectError(kind, `this side closed the connection to ${who}: ${cause.message}`, { cause });
}

/** What arrived was no message, and nothing behind it can be read. */
export function brokenBy(who: string, cause: Error): DisconnectError {
  return new DisconnectError("violation", `${who} broke the framing: ${cause.message}`, { cause });
}

/** It broke. */
export function lostTo(who: string, cause: Error): DisconnectError {
  return new DisconnectError("lost", `the connection to ${who} was lost: ${cause.message}`, { cause });
}

/**
 * The peer ended it in good order.
 *
 * @param why - what is known of it, if anything
 * @param cause - what may be the reason
 */
export function endedBy(who: string, why?: Error, cause = why): DisconnectError {
  return new DisconnectError(
    "ended",
    `${who} ended the connection${why ? `: ${why.message}` : ""}`,
    cause && { cause },
  );
}
