import type { MessageViolation } from "../connection/channel.ts";

/** Something on a port that is no message. The next one can be: the port keeps them apart. */
export class PortViolation extends Error implements MessageViolation {
  override name = "PortViolation";
  readonly violation: "not-text" | "too-long" | "unreadable";
  readonly fatal = false;

  constructor(violation: PortViolation["violation"], message: string) {
    super(message);
    this.violation = violation;
  }
}
