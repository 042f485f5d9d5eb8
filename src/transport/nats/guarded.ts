import type { NatsConnection, NatsMessage } from "./official.ts";

/* The subjects on which the services framework tells of a service. */
const ITS_OWN = "$SRV.";

/**
 * A connection for the services framework, whose answers to questions about a service cannot throw: one that is longer than the
 * broker takes, or for which the connection is gone, would be an uncaught error of the process, or end the official client's
 * reading.
 *
 * @param refused - told what was thrown
 */
export function guarded(nc: NatsConnection, refused: (error: Error) => void): NatsConnection {
  const subscribe: NatsConnection["subscribe"] = (subject, options = {}) => {
    const { callback } = options;
    if (callback === undefined || !subject.startsWith(ITS_OWN)) return nc.subscribe(subject, options);
    return nc.subscribe(subject, {
      ...options,
      callback: (error, message) => callback(error, error ? message : answerable(message, refused)),
    });
  };
  return Object.create(nc, { subscribe: { value: subscribe } });
}

function answerable(message: NatsMessage, refused: (error: Error) => void): NatsMessage {
  const respond = (...answer: Parameters<NatsMessage["respond"]>): boolean => {
    try {
      return message.respond(...answer);
    } catch (error) {
      refused(error as Error);
      return false;
    }
  };
  return Object.create(message, { respond: { value: respond } });
}
