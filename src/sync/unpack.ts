import type { Message } from "../protocol/message.ts";
import { type Version, version2 } from "../protocol/version.ts";
import { prototypeOf } from "./error-classes.ts";
import type { Noted, Source } from "./noting-version.ts";
import type { Packed, PackedError } from "./packed.ts";

/** Unpacks what came from the worker in one note. Values that stood in one message are parsed once. */
export class Unpacking {
  readonly #version: Version;
  readonly #messages = new Map<Source, Message>();

  /** @param version - the version that the messages are of */
  constructor(version: Version = version2) {
    this.#version = version;
  }

  value(packed: Packed): unknown {
    if (packed.is === "value") return packed.value;
    if (packed.is === "text") return this.#read(packed.noted);
    if (packed.is === "error") return this.#error(packed);
    return packed.items.map((item) => this.value(item));
  }

  #read({ source, member }: Noted): unknown {
    const known = this.#messages.get(source);
    const message = known ?? this.#version.parse(source.text, Number.POSITIVE_INFINITY);
    if (!known && member !== undefined) this.#messages.set(source, message);
    const response = message.kind === "batch" ? message.members[member ?? 0] : message;
    // It was one when the worker read it.
    if (response?.kind !== "response") throw new TypeError("expected the text of a response");
    return response.error ? response.error.data : response.result;
  }

  #error(packed: PackedError): Error {
    const error = Object.setPrototypeOf(new Error(packed.message), prototypeOf(packed.class)) as Error;
    for (const { name, enumerable, value } of packed.members) {
      const descriptor = { value: this.value(value), enumerable, writable: true, configurable: true };
      Object.defineProperty(error, name, descriptor);
    }
    for (const mark of packed.marks) Object.defineProperty(error, Symbol.for(mark), { value: true });
    Object.defineProperty(error, "stack", { value: packed.stack, writable: true, configurable: true });
    return error;
  }
}
