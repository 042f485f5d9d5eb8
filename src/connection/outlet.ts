import { batchText, type RequestBody } from "../protocol/serialize.ts";
import type { Version } from "../protocol/version.ts";
import type { PendingCall } from "./pending-call.ts";

/** One message on its way out, for as long as it cannot go: a call or a notification, or a batch of them. */
export interface WaitingMessage {
  readonly batch: boolean;
  readonly members: readonly WaitingMember[];
}

/** A member is dropped if its call is settled (timed out, aborted) before the message goes. */
export interface WaitingMember {
  readonly call: PendingCall;
  /** Empty once it has gone: it may be long, and its call may wait for long. */
  body: RequestBody;
  readonly notification: boolean;
}

/** Whether there is nothing left in it to send. */
export function isSettled({ members }: WaitingMessage): boolean {
  return members.every(({ call }) => !call.pending);
}

/** The text of a message whose calls have their ids. */
export function textOf(batch: boolean, members: readonly WaitingMember[], version: Version): string {
  const texts = members.map(({ call, body, notification }) =>
    notification ? version.notificationText(body) : version.requestText(call.id, body),
  );
  return batch ? batchText(texts) : (texts[0] as string);
}

/** Why a message is too long to be sent; `undefined` when it is not. */
export function excess({ batch, members }: WaitingMessage, batchLength: number): RangeError | undefined {
  if (!batch || members.length <= batchLength) return undefined;
  return new RangeError(`a batch of ${members.length} is longer than limits.batchLength, ${batchLength}`);
}

/** Where calls go out: a connection, or a client, which keeps them until it has one. */
export interface Outlet {
  /** Whether what is sent now has to wait until the other end has read. */
  readonly full: boolean;
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
