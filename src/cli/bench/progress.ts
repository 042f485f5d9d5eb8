import type { Paint } from "../output/paint.ts";
import type { Sample } from "./load.ts";
import { milliseconds } from "./result.ts";

const BAR = 24;

/** A line of progress that is written over again, on a terminal only. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #paint: Paint;

  constructor(stream: NodeJS.WriteStream, paint: Paint) {
    this.#stream = stream;
    this.#paint = paint;
  }

  show(progress: number, { at, rate, p50, p99 }: Sample, errors: number): void {
    if (!this.#stream.isTTY) return;
    const done = Math.round(progress * BAR);
    const bar = this.#paint("cyan", "━".repeat(done)) + this.#paint("dim", "━".repeat(BAR - done));
    const times = `p50 ${milliseconds(p50)}  p99 ${milliseconds(p99)}`;
    const failed = errors === 0 ? "" : this.#paint("red", `  ${errors} errors`);
    const text = `${bar} ${(at / 1_000).toFixed(1)} s  ${Math.round(rate).toLocaleString("en")}/s  ${times}${failed}`;
    this.#stream.write(`\r\u001b[K${text}`);
  }

  clear(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\u001b[K");
  }
}
