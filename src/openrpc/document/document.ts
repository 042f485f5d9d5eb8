/*
 * An OpenRPC document, as the specification names its parts (https://spec.open-rpc.org, versions 1.0 to 1.4), as far as
 * it is used here. Members that are not named here may be there too.
 */

/** JSON Schema, of any draft from 4 to 2020-12; `true` takes anything, `false` nothing. */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown };

/** Stands for something elsewhere in the document: `{ "$ref": "#/components/schemas/Pet" }`. */
export interface ReferenceObject {
  readonly $ref: string;
}

export interface OpenRpcDocument {
  /** The version of the specification: `"1.3.2"`. */
  readonly openrpc: string;
  readonly info: InfoObject;
  readonly servers?: readonly ServerObject[];
  readonly methods: readonly (MethodObject | ReferenceObject)[];
  readonly components?: ComponentsObject;
}

export interface InfoObject {
  readonly title: string;
  /** Of what the document describes. */
  readonly version: string;
  readonly description?: string;
}

export interface ServerObject {
  readonly url: string;
  readonly name?: string;
  readonly summary?: string;
  readonly description?: string;
}

export interface MethodObject {
  readonly name: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly (TagObject | ReferenceObject)[];
  readonly params: readonly (ContentDescriptor | ReferenceObject)[];
  /** Not there: the method is only ever notified. */
  readonly result?: ContentDescriptor | ReferenceObject;
  readonly errors?: readonly (DeclaredError | ReferenceObject)[];
  /** How the params may be given; `"either"` unless said. */
  readonly paramStructure?: ParamStructure;
  readonly examples?: readonly (ExamplePairing | ReferenceObject)[];
  readonly deprecated?: boolean;
}

export type ParamStructure = "by-position" | "by-name" | "either";

/** A parameter or a result. */
export interface ContentDescriptor {
  readonly name: string;
  readonly summary?: string;
  readonly description?: string;
  /** Whether the parameter must be given; `false` unless said. */
  readonly required?: boolean;
  readonly schema: JsonSchema;
  readonly deprecated?: boolean;
}

export interface DeclaredError {
  /** An integer. */
  readonly code: number;
  readonly message: string;
  /** The specification leaves open what it is; many documents, and ours, write a JSON Schema of the error's data. */
  readonly data?: unknown;
}

export interface TagObject {
  readonly name: string;
  readonly description?: string;
}

export interface ExamplePairing {
  readonly name: string;
  readonly description?: string;
  readonly params: readonly (ExampleObject | ReferenceObject)[];
  readonly result?: ExampleObject | ReferenceObject;
}

export interface ExampleObject {
  readonly name: string;
  readonly summary?: string;
  readonly value: unknown;
}

/** What references lead to, by kind and name. */
export interface ComponentsObject {
  readonly schemas?: { readonly [name: string]: JsonSchema };
  readonly contentDescriptors?: { readonly [name: string]: ContentDescriptor };
  readonly errors?: { readonly [name: string]: DeclaredError };
  readonly examples?: { readonly [name: string]: ExampleObject };
  readonly examplePairings?: { readonly [name: string]: ExamplePairing };
  readonly tags?: { readonly [name: string]: TagObject };
}
