import { type OpenDocument, openDocument } from "../document/read-document.ts";
import { MethodComparison } from "./compare-methods.ts";
import type { Finding } from "./finding.ts";
import { SharedWork } from "./shared-work.ts";

/**
 * What differs between two versions of an OpenRPC document, for the callers that were written for the older one: by
 * method, in the order of the older document, then what is new. Only what callers can meet is compared: names, params,
 * results, errors, and their schemas; no descriptions, and nothing that no method refers to.
 *
 * @param before - the older document: its text, or what `JSON.parse` makes of it
 * @param after - the newer document
 * @returns nothing when there is no difference
 * @throws InvalidDocumentError when one of them is no OpenRPC document, or a schema in it is none
 */
export function compareDocuments(before: unknown, after: unknown): Finding[] {
  const [older, newer] = [openDocument(before), openDocument(after)];
  const work = new SharedWork();
  const names = methodsOf(older);
  const namesAfter = methodsOf(newer);
  const findings = older.methods.flatMap((method): readonly Finding[] => {
    const other = namesAfter.get(method.name);
    if (other === undefined) return [whole("method-removed", method.name)];
    return new MethodComparison(method, other, [older.references, newer.references], work).findings;
  });
  const added = newer.methods.filter(({ name }) => !names.has(name));
  return [...findings, ...added.map(({ name }) => whole("method-added", name))];
}

function methodsOf({ methods }: OpenDocument) {
  return new Map(methods.map((method) => [method.name, method]));
}

function whole(kind: "method-added" | "method-removed", method: string): Finding {
  const removed = kind === "method-removed";
  const message = removed ? "is no longer there" : "is new";
  return { kind, severity: removed ? "breaking" : "compatible", method, path: [], message };
}
