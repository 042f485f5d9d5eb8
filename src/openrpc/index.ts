/** Tools for OpenRPC documents: types from one, and the difference between two. */

export type * from "./document/document.ts";
export { InvalidDocumentError } from "./document/invalid-document-error.ts";
export { readDocument } from "./document/read-document.ts";
export { type GenerateOptions, generateTypes } from "./types/generate-types.ts";
