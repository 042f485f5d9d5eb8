/*
 * What is sent in one turn of the event loop is gathered, since a write costs a system call. The first of it goes early
 * nevertheless, so that the peer can start working while this side goes on; each further write is twice as large. Where the first
 * is a large part of all that is outstanding, both sides come to wait for one another. In characters.
 */

/** Over a socket. Less would make two writes of what ten calls in a turn send. */
export const FIRST_WRITE = 768;

/** To another thread, process or window: waking it costs more than a system call. */
export const FIRST_POST = 2_048;

export const LARGEST_WRITE = 16 * 1_024;
