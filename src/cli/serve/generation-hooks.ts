/**
 * Hooks for Node.js' module loader that load a program's own modules anew: a module that was imported with a generation in
 * its URL hands it on to the modules it imports. What lies in node_modules stays as it is.
 */
const GENERATION = "tsjason-generation";

interface Resolved {
  readonly url: string;
}

/** Where a module's import leads, in the generation of the module. */
export function inGeneration<R extends Resolved>(resolved: R, parent: string | undefined): R {
  const generation = parent === undefined ? null : generationOf(parent);
  if (generation === null || !resolved.url.startsWith("file:") || resolved.url.includes("/node_modules/"))
    return resolved;
  return { ...resolved, url: withGeneration(resolved.url, generation) };
}

/** The URL of a module in a generation. */
export function withGeneration(url: string, generation: string): string {
  const fresh = new URL(url);
  fresh.searchParams.set(GENERATION, generation);
  return fresh.href;
}

function generationOf(url: string): string | null {
  return url.startsWith("file:") ? new URL(url).searchParams.get(GENERATION) : null;
}

type NextResolve = (specifier: string, context: { readonly parentURL?: string }) => Promise<Resolved>;

/** For `module.register`, which runs it in a thread of its own. */
export async function resolve(
  specifier: string,
  context: { readonly parentURL?: string },
  next: NextResolve,
): Promise<Resolved> {
  return inGeneration(await next(specifier, context), context.parentURL);
}
