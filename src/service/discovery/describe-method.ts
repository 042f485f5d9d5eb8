import type { DeclaredError, ExamplePairing, MethodObject } from "../../openrpc/document/document.ts";
import type { MethodExample } from "../declaration.ts";
import type { Method } from "../method.ts";
import { type DescribedParams, describeParams } from "./describe-params.ts";
import type { SchemaStore } from "./schema-store.ts";

/** A method as OpenRPC says it. Nothing is said of a result that has no schema, but that there is one. */
export function describeMethod({ name, declaration }: Method, store: SchemaStore): MethodObject {
  const { summary, description, deprecated, tags, errors, examples, result } = declaration;
  const params = describeParams(name, declaration, store);
  const shown = examples?.filter(isJson) ?? [];
  return {
    name,
    ...(summary !== undefined && { summary }),
    ...(description !== undefined && { description }),
    ...(tags && tags.length > 0 && { tags: tags.map((tag) => ({ name: tag })) }),
    ...params,
    result: { name: "result", schema: store.take(result, "output", `${name}.result`) },
    ...(errors.length > 0 && {
      errors: errors.map(({ code, message, data }): DeclaredError => {
        // What is declared of an error's data goes over the wire as it was given.
        return { code, message, ...(data && { data: store.take(data, "input", `${name}.error${code}`) }) };
      }),
    }),
    ...(shown.length > 0 && { examples: shown.map((one, index) => pairing(one, index, params)) }),
    ...(deprecated !== undefined && { deprecated }),
  };
}

/** One example that JSON cannot hold would take the whole document along. */
function isJson(example: MethodExample): boolean {
  try {
    return JSON.stringify(example) !== undefined;
  } catch {
    return false;
  }
}

function pairing(example: MethodExample, index: number, { params }: DescribedParams): ExamplePairing {
  const { name = `example ${index + 1}`, description } = example;
  const given: readonly (readonly [name: string, value: unknown])[] = Array.isArray(example.params)
    ? example.params.map((value, at) => [params[at]?.name ?? `param${at + 1}`, value])
    : Object.entries(example.params ?? {});
  return {
    name,
    ...(description !== undefined && { description }),
    params: given.map(([param, value]) => ({ name: param, value: value ?? null })),
    result: { name: "result", value: example.result ?? null },
  };
}
