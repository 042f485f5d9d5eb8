import type { Channel, ChannelReceiver } from "../../src/connection/channel.ts";

/** A channel to nowhere, which the test plays by hand: it hands over nothing unless the test says so. */
export class StubChannel implements Channel {
  readonly peer = { transport: "stub" };
  handedOver = 0;
  queuedBytes = 0;
  readonly sent: string[] = [];
  /** What it was told to do, in order. */
  readonly orders: ("pause" | "resume" | "close" | "destroy")[] = [];
  receiver!: ChannelReceiver;

  open(receiver: ChannelReceiver): void {
    this.receiver = receiver;
  }

  send(text: string): number {
    return this.sent.push(text);
  }

  handOver(): Promise<void> {
    return new Promise(() => {});
  }

  pause(): void {
    this.orders.push("pause");
  }

  resume(): void {
    this.orders.push("resume");
  }

  close(): void {
    this.orders.push("close");
  }

  destroy(): void {
    this.orders.push("destroy");
  }
}
