import type { JsonSchema } from "../../openrpc/document/document.ts";
import type { StandardSchema } from "../../protocol/schema.ts";

type Json = { readonly [member: string]: unknown };

/** What a schema does with values: takes them in, or gives them out. */
export type Direction = "input" | "output";

/** Standard JSON Schema 1 (standardschema.dev/json-schema), as far as it is used: what a schema may offer beside. */
interface Converting {
  readonly jsonSchema?: { readonly [Kind in Direction]?: (options: { readonly target: string }) => unknown };
}

/**
 * Turns the schemas of a service into JSON Schemas of one document. What one defines for itself becomes a component of the
 * document, once for all that define the same under one name, and its references lead there.
 */
export class SchemaStore {
  readonly #components = new Map<string, unknown>();
  /** The names of components, by what was defined. */
  readonly #names = new Map<string, string>();

  /** The components so far. */
  get components(): { readonly [name: string]: JsonSchema } {
    return Object.fromEntries(this.#components) as { [name: string]: JsonSchema };
  }

  /**
   * @param name - for what the schema would be called, if it refers to itself
   * @returns `true`, which takes anything, where there is no schema, or none that JSON Schema could say
   */
  take(schema: StandardSchema | undefined, direction: Direction, name: string): JsonSchema {
    const json = schema && converted(schema, direction);
    if (typeof json === "boolean") return json;
    if (typeof json !== "object" || json === null || Array.isArray(json)) return true;
    const { $schema: _draft, definitions, $defs, ...rest } = json as Json;
    const local = { ...(definitions as Json | undefined), ...($defs as Json | undefined) };
    const isWhole = (text: string) => /"\$ref":"#(?:"|\/(?!definitions\/|\$defs\/))/.test(text);
    const all = JSON.stringify([rest, local]);
    const whole = isWhole(all) ? this.#place(safeName(name), all) : undefined;
    const places = new Map(Object.keys(local).map((key) => [key, this.#placeOf(key, local)]));
    const moved = (value: unknown) => withReferences(value, (reference) => newReference(reference, places, whole));
    for (const [key, definition] of Object.entries(local))
      this.#components.set(places.get(key) ?? key, moved(definition));
    if (whole === undefined) return moved(rest) as JsonSchema;
    this.#components.set(whole, moved(rest));
    return { $ref: `#/components/schemas/${whole}` };
  }

  /** A definition that refers to others is the same only beside the same others. */
  #placeOf(key: string, local: Json): string {
    const text = JSON.stringify(local[key]);
    return this.#place(safeName(key), text.includes('"$ref"') ? JSON.stringify([text, local]) : text);
  }

  #place(name: string, definition: string): string {
    const known = this.#names.get(`${name}\n${definition}`);
    if (known !== undefined) return known;
    let unique = name;
    for (let count = 2; this.#components.has(unique); count++) unique = `${name}${count}`;
    this.#names.set(`${name}\n${definition}`, unique);
    this.#components.set(unique, true);
    return unique;
  }
}

/** What the schema's library says, in draft-07, which OpenRPC is of, or else in 2020-12; as plain JSON. */
function converted(schema: StandardSchema, direction: Direction): unknown {
  for (const target of ["draft-07", "draft-2020-12"]) {
    try {
      const standard: Converting = schema["~standard"] as Converting;
      const json = standard.jsonSchema?.[direction]?.({ target });
      if (json !== undefined) return JSON.parse(JSON.stringify(json));
    } catch {
      // It has something that JSON Schema cannot say, or not in this draft.
    }
  }
  return undefined;
}

/** The value with every `$ref` in it replaced. */
function withReferences(value: unknown, replaced: (reference: string) => string): unknown {
  if (Array.isArray(value)) return value.map((member) => withReferences(member, replaced));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(([key, member]) => {
    const isReference = key === "$ref" && typeof member === "string";
    return [key, isReference ? replaced(member) : withReferences(member, replaced)];
  });
  return Object.fromEntries(members);
}

function newReference(reference: string, places: ReadonlyMap<string, string>, whole: string | undefined): string {
  const [, name = "", rest = ""] = /^#\/(?:definitions|\$defs)\/([^/]*)(.*)$/.exec(reference) ?? [];
  const place = places.get(decoded(name));
  if (place !== undefined) return `#/components/schemas/${place}${rest}`;
  return reference.startsWith("#") ? `#/components/schemas/${whole}${reference.slice(1)}` : reference;
}

function decoded(token: string): string {
  try {
    return decodeURIComponent(token).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    return token;
  }
}

/** As OpenRPC wants the names of components. */
function safeName(name: string): string {
  return name.replace(/[^\w.-]/g, "_") || "_";
}
