/** Tools for OpenRPC documents: types from one, and the differences between two. */

export { compareDocuments } from "./compare/compare-documents.ts";
export type { Finding, FindingKind, Severity } from "./compare/finding.ts";
export { formatFindings } from "./compare/format-findings.ts";
export type * from "./document/document.ts";
export { InvalidDocumentError } from "./document/invalid-document-error.ts";
export { readDocument } from "./document/read-document.ts";
export { type GenerateOptions, generateTypes } from "./types/generate-types.ts";
