import { CallError } from "./call-error.ts";

/** The address could not be dialled. Its `cause` is what the platform said, for example an `ECONNREFUSED`. */
export class DialError extends CallError {
  override name = "DialError";
  readonly address: string;

  constructor(address: string, options?: ErrorOptions) {
    const { cause } = options ?? {};
    super(
      `${address} could not be dialled${cause instanceof Error ? `: ${cause.message}` : ""}`,
      "not-sent",
      options,
    );
    this.address = address;
  }
}
