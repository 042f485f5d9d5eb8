/*
 * What the servers of this thread listen on: a call that blocks the thread could never be answered by one of them.
 */

/** Something that listens; its address may become known later. */
interface Listening {
  readonly address: string;
}

const NONE: readonly string[] = [];
const here = new Set<Listening>();

export function beginListening(listener: Listening): void {
  here.add(listener);
}

export function endListening(listener: Listening): void {
  here.delete(listener);
}

/** The addresses that servers of this thread listen on now. */
export function listeningHere(): readonly string[] {
  return here.size === 0 ? NONE : [...here].map(({ address }) => address);
}
