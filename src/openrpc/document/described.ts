import type { ParamStructure } from "./document.ts";
import type { Place } from "./place.ts";
import type { References } from "./references.ts";

/*
 * What a document says of its methods, with the references followed. Schemas stay where they stand, since a `$ref` in
 * one is a name worth keeping.
 */

/** A parameter or a result. */
export interface Described {
  readonly name: string;
  /** Its description, or else its summary. */
  readonly text: string | undefined;
  readonly required: boolean;
  readonly deprecated: boolean;
  readonly schema: Place;
}

export interface DescribedError {
  readonly code: number;
  readonly message: string;
  /** A schema of the error's data, where what the document has there looks like one. */
  readonly data: Place | undefined;
}

/** The params by position, as JSON values, and the result where the example has one. */
export interface DescribedExample {
  readonly names: readonly string[];
  readonly params: readonly unknown[];
  readonly result: Place | undefined;
}

export interface DescribedMethod {
  readonly name: string;
  readonly summary: string | undefined;
  readonly description: string | undefined;
  readonly deprecated: boolean;
  readonly structure: ParamStructure;
  readonly params: readonly Described[];
  readonly result: Described | undefined;
  readonly errors: readonly DescribedError[];
  readonly examples: readonly DescribedExample[];
}

/** @throws InvalidDocumentError */
export function readMethod(place: Place, references: References): DescribedMethod {
  const method = references.follow(place).object();
  const follow = (list: readonly Place[]) => list.map((member) => references.follow(member));
  const result = method.at("result");
  for (const tag of follow(method.list("tags"))) tag.name("name");
  return {
    name: method.name("name"),
    summary: method.text("summary"),
    description: method.text("description"),
    deprecated: method.flag("deprecated"),
    structure: readStructure(method.at("paramStructure")),
    params: readParams(follow(method.need("params").elements())),
    result: result && readDescribed(references.follow(result)),
    errors: follow(method.list("errors")).map(readError),
    examples: follow(method.list("examples")).map((example) => readExample(example, references)),
  };
}

function readStructure(place: Place | undefined): ParamStructure {
  const structure = place?.value ?? "either";
  if (structure === "either" || structure === "by-name" || structure === "by-position") return structure;
  return (place as Place).fail('"by-name", "by-position" or "either"');
}

function readParams(places: readonly Place[]): Described[] {
  const names = new Set<string>();
  return places.map((place) => {
    const param = readDescribed(place);
    if (names.has(param.name)) place.at("name")?.fail("a name that no other parameter of the method has");
    names.add(param.name);
    return param;
  });
}

function readDescribed(place: Place): Described {
  const name = place.name("name");
  return {
    name,
    text: place.text("description") ?? place.text("summary"),
    required: place.flag("required"),
    deprecated: place.flag("deprecated"),
    schema: place.need("schema"),
  };
}

function readError(place: Place): DescribedError {
  const { value: code } = place.need("code");
  if (!Number.isInteger(code)) place.need("code").fail("an integer");
  const data = place.at("data");
  return {
    code: code as number,
    message: place.name("message"),
    data: data && looksLikeSchema(data) ? data : undefined,
  };
}

/** The specification does not say what `data` is. Some write a schema there, some an example, some a text. */
function looksLikeSchema(data: Place): boolean {
  const type = data.isObject ? data.at("type")?.value : undefined;
  const types = ["string", "number", "integer", "boolean", "null", "array", "object"];
  const hasType = types.includes(type as string) || (Array.isArray(type) && type.every((one) => types.includes(one)));
  const hasReference = data.isObject && typeof data.at("$ref")?.value === "string";
  const hasParts = ["oneOf", "anyOf", "allOf", "enum"].some((keyword) => Array.isArray(data.at(keyword)?.value));
  return hasType || hasReference || (data.isObject && hasParts);
}

function readExample(place: Place, references: References): DescribedExample {
  const params = place
    .object()
    .list("params")
    .map((param) => references.follow(param).object());
  const result = place.at("result");
  return {
    names: params.map((param) => param.text("name") ?? ""),
    params: params.map((param) => param.at("value")?.value ?? null),
    result: result && references.follow(result).object().at("value"),
  };
}
