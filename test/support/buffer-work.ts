import buffer, { Buffer } from "node:buffer";
import { syncBuiltinESMExports } from "node:module";

/** What some code did with bytes, in bytes. */
export interface BufferWork {
  /** Memory asked for, in `Buffer`s and strings. */
  allocated: number;
  /** Bytes that were copied, decoded or looked at by a native function. */
  touched: number;
}

type Method = (...args: never[]) => unknown;

/**
 * Counts the bytes that a piece of synchronous code allocates and goes over by means of `Buffer`.
 *
 * It says whether something is linear, or waits before it allocates, without a stopwatch: the numbers are the same on
 * every machine.
 */
export function countBufferWork(run: () => void): BufferWork {
  const work: BufferWork = { allocated: 0, touched: 0 };
  const undo: (() => void)[] = [];
  let depth = 0;
  const count = (
    owner: object,
    name: string,
    note: (result: unknown, args: readonly unknown[], self: Buffer) => void,
  ) => {
    const methods = owner as Record<string, Method>;
    const original = methods[name] as (...args: unknown[]) => unknown;
    methods[name] = function (this: Buffer, ...args: unknown[]) {
      depth++;
      try {
        const result = original.apply(this, args);
        // Only once where one of these methods calls another.
        if (depth === 1) note(result, args, this);
        return result;
      } finally {
        depth--;
      }
    } as Method;
    undo.push(() => {
      methods[name] = original as Method;
    });
  };
  const allocates = (result: unknown) => {
    work.allocated += (result as { length: number }).length;
  };
  const decodes = (result: unknown) => {
    work.allocated += (result as { length: number }).length;
    work.touched += (result as { length: number }).length;
  };
  const looks = (_: unknown, [bytes]: readonly unknown[]) => {
    work.touched += (bytes as { length: number }).length;
  };
  for (const name of ["alloc", "allocUnsafe", "allocUnsafeSlow"]) count(Buffer, name, allocates);
  for (const name of ["concat", "from", "copyBytesFrom"]) count(Buffer, name, decodes);
  for (const name of ["latin1Slice", "utf8Slice", "asciiSlice", "toString"]) count(Buffer.prototype, name, decodes);
  count(Buffer.prototype, "copy", (copied) => {
    work.touched += copied as number;
  });
  count(Buffer.prototype, "indexOf", (found, [, from], bytes) => {
    work.touched += (found === -1 ? bytes.length : (found as number) + 1) - (from as number);
  });
  for (const name of ["isAscii", "isUtf8"]) count(buffer, name, looks);
  syncBuiltinESMExports();
  try {
    run();
  } finally {
    for (const one of undo) one();
    syncBuiltinESMExports();
  }
  return work;
}
