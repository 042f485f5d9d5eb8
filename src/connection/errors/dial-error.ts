import { CallError } from "./call-error.ts";

/** The address could not be dialled. Its `cause` is what the platform said, for example an `ECONNREFUSED`. */
export class DialError extends CallError {
  override name = "DialError";
  readonly address: string;

  constructor(address: string, options?: ErrorOptions) {
    const why = wordsFor(options?.cause);
    super(`${address} could not be dialled${why && `: ${why}`}`, "not-sent", options);
    this.address = address;
  }
}

function wordsFor(cause: unknown): string {
  if (!(cause instanceof Error)) return "";
  // A name that stands for several addresses fails at each of them; what Node.js says of it all has no message.
  const { errors } = cause as Partial<AggregateError>;
  if (cause.message !== "" || !Array.isArray(errors)) return cause.message;
  return errors.map(wordsFor).join(", ");
}
