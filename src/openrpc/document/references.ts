import { InvalidDocumentError, shown } from "./invalid-document-error.ts";
import type { Place } from "./place.ts";

/**
 * Finds what the `$ref`s of a document mean. They are JSON pointers into the document (RFC 6901, as a URI's fragment);
 * nothing is ever fetched.
 */
export class References {
  readonly #root: Place;

  constructor(root: Place) {
    this.#root = root;
  }

  /** The place itself, or what it refers to in the end, if it is a reference. */
  follow(place: Place): Place {
    const passed = new Set<string>();
    let at = place;
    while (at.isObject && at.has("$ref")) {
      if (passed.has(at.pointer)) throw new InvalidDocumentError(place.pointer, "its $ref leads back to itself");
      passed.add(at.pointer);
      at = this.target(at);
    }
    return at;
  }

  /**
   * What the `$ref` of a place refers to, in one step.
   *
   * @throws InvalidDocumentError when it is in another document, or nowhere
   */
  target(place: Place): Place {
    const reference = place.at("$ref") ?? place;
    const tokens = tokensOf(reference);
    for (const base of this.#bases(place)) {
      const found = tokens.reduce<Place | undefined>((at, token) => at?.at(token), base);
      if (found) return found;
    }
    throw new InvalidDocumentError(reference.pointer, `there is no ${shown(reference.value)} in the document`);
  }

  /**
   * What a pointer may start from. By the letter of JSON Schema it is the nearest schema with an `$id`, else the
   * document; but schemas were also pasted into documents with the definitions that they had when they stood alone.
   */
  #bases(place: Place): Place[] {
    const around = place.ancestors.slice(0, -1);
    const schemas = place.parent ? [place, ...around] : around;
    const identified = schemas.find((schema) => typeof schema.at("$id")?.value === "string");
    const pasted = schemas.filter((schema) => schema.has("$defs") || schema.has("definitions"));
    return [...(identified ? [identified] : []), this.#root, ...pasted];
  }
}

function tokensOf(reference: Place): string[] {
  const { value } = reference;
  if (typeof value !== "string") return reference.fail("a reference, which is a string");
  if (!value.startsWith("#")) {
    return reference.fail('a reference within the document, like "#/components/schemas/Pet" (others are not fetched)');
  }
  const pointer = decoded(value.slice(1));
  if (pointer === "") return [];
  if (pointer?.[0] !== "/") return reference.fail('a JSON pointer behind the #, like "#/components/schemas/Pet"');
  return pointer
    .slice(1)
    .split("/")
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function decoded(fragment: string): string | undefined {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return undefined;
  }
}
