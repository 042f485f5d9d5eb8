import { type DescribedMethod, readMethod } from "./described.ts";
import type { OpenRpcDocument } from "./document.ts";
import { InvalidDocumentError } from "./invalid-document-error.ts";
import { Place } from "./place.ts";
import { References } from "./references.ts";

/** How many arrays and objects may stand inside each other. It stops a document that is made to exhaust the stack. */
const maxDepth = 200;

/** A document that was read. */
export interface OpenDocument {
  readonly root: Place;
  readonly references: References;
  readonly title: string;
  readonly version: string;
  readonly methods: readonly DescribedMethod[];
  /** Those of the components. */
  readonly schemas: readonly Place[];
}

/**
 * Reads an OpenRPC document of version 1, and checks what is not a schema of it: schemas are read when they are used.
 *
 * @param source - the document's text, or what `JSON.parse` makes of it
 * @throws InvalidDocumentError when it is none, or refers to what is elsewhere, missing, or the reference itself
 */
export function readDocument(source: unknown): OpenRpcDocument {
  return openDocument(source).root.value as OpenRpcDocument;
}

/** As {@link readDocument}, with what the document says of its methods. */
export function openDocument(source: unknown): OpenDocument {
  const value = typeof source === "string" ? parsed(source) : source;
  checkDepth(value);
  const root = new Place(value).object();
  const version = root.name("openrpc");
  if (!/^1\.\d/.test(version)) root.need("openrpc").fail('a version of OpenRPC from "1.0.0" to before "2.0.0"');
  const info = root.need("info");
  const references = new References(root);
  return {
    root,
    references,
    title: info.name("title"),
    version: info.name("version"),
    methods: readMethods(root, references),
    schemas: root.at("components")?.object().members("schemas") ?? [],
  };
}

function readMethods(root: Place, references: References): DescribedMethod[] {
  const names = new Set<string>();
  return root
    .need("methods")
    .elements()
    .map((place) => {
      const method = readMethod(place, references);
      if (names.has(method.name)) references.follow(place).need("name").fail("a name that no other method has");
      names.add(method.name);
      return method;
    });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidDocumentError("", "is not JSON", { cause });
  }
}

/** Goes by levels, not by recursion: it is there to make recursion safe. */
function checkDepth(value: unknown): void {
  let level = new Set([value]);
  for (let depth = 0; level.size > 0; depth++) {
    if (depth > maxDepth) throw new InvalidDocumentError("", `is deeper than ${maxDepth} arrays and objects`);
    const structured = [...level].filter((member) => typeof member === "object" && member !== null);
    level = new Set(structured.flatMap((member) => Object.values(member as object)));
  }
}
