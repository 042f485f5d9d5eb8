import type { WriteStream } from "node:tty";
import { styleText } from "node:util";

/** The few styles the command uses. */
export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "blue" | "magenta" | "cyan";

/** Gives a text a style, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

export const plain: Paint = (_style, text) => text;
const coloured: Paint = (style, text) => styleText(style, text, { validateStream: false });

/** Colours for a terminal that has them and a user who wants them: not with NO_COLOR, nor TERM=dumb. */
export function paintFor(stream: Pick<WriteStream, "isTTY" | "hasColors">): Paint {
  return stream.isTTY && stream.hasColors() ? coloured : plain;
}
