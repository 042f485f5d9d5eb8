import { ExitCode } from "../exit-code.ts";
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

/**
 * Ends quietly when whoever read the output has gone, as in `tsjason … | head`. What cannot be written for another reason, as
 * on a full disk, ends it with a word on stderr; what is lost of stderr itself does not, since nobody can be told.
 */
export function endWithReader(): void {
  const endIfUnread = (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(BROKEN_PIPE);
  };
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    endIfUnread(error);
    out.note(`${out.paintError("red", "output lost:")} ${error.message}`);
    if (!outlived) process.exit(ExitCode.OutputLost);
  });
  process.stderr.on("error", endIfUnread);
}

let outlived = false;

/** From here on a full disk does not end it: what it prints is a log, and not what it is there for. */
export function outliveOutput(): void {
  outlived = true;
}
