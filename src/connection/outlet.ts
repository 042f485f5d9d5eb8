import type { RequestBody } from "../protocol/serialize.ts";
import type { PendingCall } from "./pending-call.ts";

/** One message on its way out, for as long as it cannot go: a call or a notification, or a batch of them. */
export interface WaitingMessage {
  readonly batch: boolean;
  readonly members: readonly WaitingMember[];
}

/** A member is dropped if its call is settled (timed out, aborted) before the message goes. */
export interface WaitingMember {
  readonly call: PendingCall;
  readonly body: RequestBody;
  readonly notification: boolean;
}

/** Whether there is nothing left in it to send. */
export function isSettled({ members }: WaitingMessage): boolean {
  return members.every(({ call }) => !call.pending);
}

/** Where calls go out: a connection, or a client, which keeps them until it has one. */
export interface Outlet {
  /** Takes a call that is pending. Now or later it is sent, or rejected. */
  sendCall(call: PendingCall, body: RequestBody): void;
  /**
   * Sends a notification if it can go now.
   *
   * @returns a promise that resolves when it was handed over; `undefined` if it cannot go now
   */
  sendNotification(body: RequestBody): Promise<void> | undefined;
  /** Takes a message whose calls are pending. */
  sendMessage(message: WaitingMessage): void;
}
