import { type Paint, paintFor } from "./paint.ts";

/** Where a command writes: what it was asked for to stdout, all else to stderr. */
export const out: Output = {
  paint: (style, text) => paints().out(style, text),
  paintError: (style, text) => paints().error(style, text),
  line: (text) => void process.stdout.write(`${text}\n`),
  note: (text) => void process.stderr.write(`${text}\n`),
};

export interface Output {
  /** The colours of stdout. */
  readonly paint: Paint;
  /** The colours of stderr. */
  readonly paintError: Paint;
  /** A line of what was asked for. */
  line(text: string): void;
  /** A line for the user beside it. */
  note(text: string): void;
}

let made: { readonly out: Paint; readonly error: Paint } | undefined;

function paints() {
  made ??= { out: paintFor(process.stdout), error: paintFor(process.stderr) };
  return made;
}

/* What is left when the work is done has this time to end by itself. */
const LAST_MS = 500;

/**
 * Ends the process when the work is done and what it wrote is read, also where something is left that nobody can end: a dial
 * that the official client of NATS makes goes on until the broker says something.
 */
export function endWithWork(): void {
  const isRead = () => process.stdout.writableLength === 0 && process.stderr.writableLength === 0;
  setInterval(() => isRead() && process.exit(), LAST_MS).unref();
}

/* What a shell says of a process that wrote to a pipe nobody reads. */
const BROKEN_PIPE = 141;

/** Ends quietly when whoever read stdout has gone, as in `tsjason … | head`. */
export function endWithReader(): void {
  const onError = (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? BROKEN_PIPE : 1);
  process.stdout.on("error", onError);
  process.stderr.on("error", onError);
}
