import { Presets, SingleBar } from "cli-progress";

/** A progress bar on standard error, or nothing where that is no terminal. */
export class Progress {
  readonly #bar = new SingleBar(
    {
      format: "{bar} {percentage}% | {value}/{total} | {duration_formatted}, {eta_formatted} left | {what}",
      stream: process.stderr,
      noTTYOutput: false,
      hideCursor: true,
      clearOnComplete: true,
      etaBuffer: 50,
    },
    Presets.shades_classic,
  );
  readonly #shown = process.stderr.isTTY === true;

  start(total: number): void {
    if (this.#shown) this.#bar.start(total, 0, { what: "" });
  }

  tick = (what: string): void => {
    if (this.#shown) this.#bar.increment(1, { what });
  };

  /** Says something without spoiling the bar. */
  warn = (text: string): void => {
    process.stderr.write(this.#shown ? `\r\u001b[K${text}\n` : `${text}\n`);
  };

  stop(): void {
    if (this.#shown) this.#bar.stop();
  }
}
