import { existsSync, readFileSync } from "node:fs";
import * as nodeModule from "node:module";
import { dirname, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { UsageError } from "../usage-error.ts";
import { inGeneration, withGeneration } from "./generation-hooks.ts";

/** A module of the user's, loaded. */
type Loaded = Readonly<Record<string, unknown>>;

/** As much of tsx as is used: https://tsx.hirok.io/dev-api/register-esm */
interface Tsx {
  register(options: { readonly namespace: string }): { import(file: string, parent: string): Promise<Loaded> };
}

const TYPESCRIPT = new Set([".ts", ".mts", ".cts", ".tsx"]);

/**
 * Finds the file of a module: a path, or the name of a package that can be imported from here.
 *
 * @throws UsageError when there is none
 */
export function moduleFile(name: string): string {
  const path = resolve(name);
  if (existsSync(path)) return path;
  try {
    return nodeModule.createRequire(join(process.cwd(), "noop.js")).resolve(name);
  } catch (cause) {
    throw new UsageError(`there is no module ${name}: neither a file nor a package`, { cause });
  }
}

/**
 * Loads a module's default export.
 *
 * @param generation - another number loads it, and what it imports outside of node_modules, anew
 * @throws UsageError when it has none, or is TypeScript that nothing here can run; whatever the module throws
 */
export async function loadDefault(file: string, generation: number): Promise<unknown> {
  const loaded = TYPESCRIPT.has(extname(file))
    ? await loadTypeScript(file, generation)
    : await loadAnew(file, generation);
  if (!("default" in loaded)) throw new UsageError(`expected a default export in ${file}, got none`);
  const { default: exported } = loaded;
  // What TypeScript makes of a default export in CommonJS.
  const inner = exported as { readonly __esModule?: unknown; readonly default?: unknown } | null | undefined;
  return typeof exported === "object" && inner?.__esModule ? inner.default : exported;
}

async function loadTypeScript(file: string, generation: number): Promise<Loaded> {
  const tsx = await tsxFor(file);
  if (tsx)
    return await tsx.register({ namespace: `tsjason-${generation}` }).import(pathToFileURL(file).href, import.meta.url);
  if (!(process.features as { readonly typescript?: unknown }).typescript) {
    throw new UsageError(
      `${file} is TypeScript: install tsx beside it (npm install --save-dev tsx), use Node.js 22.18 or newer, or compile it first`,
    );
  }
  try {
    return await loadAnew(file, generation);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX" && !isDecoratorFault(error))
      throw error;
    const why = `${(error as Error).message}; Node.js only strips types: install tsx beside it (npm install --save-dev tsx)`;
    throw new UsageError(`${file} cannot be run as it is: ${why}`, { cause: error });
  }
}

/** Decorators are no types, and no JavaScript yet. */
function isDecoratorFault(error: unknown): boolean {
  return error instanceof SyntaxError && /Invalid or unexpected token|[Dd]ecorator/.test(error.message);
}

/**
 * The tsx that the module's own project has. It is looked for as CommonJS does, from the module's folder upwards, and what it
 * has for ES modules is taken: that is not what CommonJS would get.
 */
async function tsxFor(file: string): Promise<Tsx | undefined> {
  let manifest: string;
  try {
    manifest = nodeModule.createRequire(file).resolve("tsx/package.json");
  } catch {
    return undefined;
  }
  const { exports } = JSON.parse(readFileSync(manifest, "utf8"));
  const api = importPath(exports?.["./esm/api"]);
  if (api === undefined)
    throw new UsageError(`the tsx in ${dirname(manifest)} has no tsx/esm/api: install a newer one`);
  return (await import(pathToFileURL(join(dirname(manifest), api)).href)) as Tsx;
}

/** The file that a package's `exports` have for `import`. */
function importPath(target: unknown): string | undefined {
  if (typeof target === "string") return target;
  if (typeof target !== "object" || target === null) return undefined;
  const conditions = target as { readonly import?: unknown; readonly default?: unknown };
  return importPath(conditions.import ?? conditions.default);
}

async function loadAnew(file: string, generation: number): Promise<Loaded> {
  const { href } = pathToFileURL(file);
  if (generation === 0) return await import(href);
  hookOnce();
  forgetRequired();
  return await import(withGeneration(href, String(generation)));
}

let hooked = false;

function hookOnce(): void {
  if (hooked) return;
  hooked = true;
  const { registerHooks } = nodeModule as { registerHooks?: (hooks: object) => void };
  if (registerHooks) registerHooks({ resolve: resolveInGeneration });
  else nodeModule.register(new URL("./generation-hooks.js", import.meta.url));
}

type Next = (specifier: string, context: { readonly parentURL?: string }) => { readonly url: string };

function resolveInGeneration(specifier: string, context: { readonly parentURL?: string }, next: Next) {
  return inGeneration(next(specifier, context), context.parentURL);
}

/** What CommonJS modules of the program's own have loaded is not kept either. */
function forgetRequired(): void {
  const { cache } = nodeModule.createRequire(import.meta.url);
  for (const path of Object.keys(cache)) if (!path.includes("/node_modules/")) delete cache[path];
}
