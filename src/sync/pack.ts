import { nameOfClass, prototypeOf } from "./error-classes.ts";
import { notedOf } from "./noting-version.ts";
import type { Packed, PackedError, PackedMember } from "./packed.ts";

/**
 * Packs any value. What cannot go to another thread becomes a word for it.
 *
 * @param around - the errors it is within
 */
export function pack(value: unknown, around: readonly Error[] = []): Packed {
  if (typeof value === "function") return { is: "value", value: `[Function ${value.name}]` };
  if (typeof value === "symbol") return { is: "value", value: String(value) };
  if (typeof value !== "object" || value === null) return { is: "value", value };
  const noted = notedOf(value);
  if (noted) return { is: "text", noted };
  if (value instanceof Error) {
    return around.includes(value) ? { is: "value", value: `[${value.name}]` } : packError(value, around);
  }
  if (Array.isArray(value) && value.some((item) => item instanceof Error)) {
    return { is: "list", items: value.map((item) => pack(item, around)) };
  }
  return { is: "value", value: cloned(value) };
}

/* What goes its own way. */
const APART = new Set(["message", "stack"]);

function packError(error: Error, around: readonly Error[]): PackedError {
  const within = [...around, error];
  const names = Object.getOwnPropertyNames(error).filter((name) => !APART.has(name));
  const nearest = nameOfClass(error);
  return {
    is: "error",
    class: nearest,
    message: String(error.message),
    stack: typeof error.stack === "string" ? error.stack : undefined,
    members: [
      ...inheritedName(error, nearest),
      ...names.flatMap((name): PackedMember[] => {
        const { get, value, enumerable = false } = Object.getOwnPropertyDescriptor(error, name) ?? {};
        return get ? [] : [{ name, enumerable, value: pack(value, within) }];
      }),
    ],
    marks: Object.getOwnPropertySymbols(error).flatMap((symbol) => Symbol.keyFor(symbol) ?? []),
  };
}

/** The name that an error has of a class that the other thread is not told. */
function inheritedName(error: Error, nearest: string): PackedMember[] {
  if (Object.hasOwn(error, "name") || error.name === prototypeOf(nearest).name) return [];
  return [{ name: "name", enumerable: false, value: { is: "value", value: String(error.name) } }];
}

function cloned(value: object): unknown {
  try {
    return structuredClone(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
