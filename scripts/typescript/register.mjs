// node --import ./scripts/typescript/register.mjs file.ts: runs TypeScript of this repository. It is what starts each file of
// the tests: for their hundreds of processes tsx costs two to three times the CPU (it looks for more, and does more).

import * as nodeModule from "node:module";

/** @typedef {(argument: string, context: { parentURL?: string }, next: Function) => unknown} Hook */
const { registerHooks } = /** @type {{ registerHooks?: (hooks: { resolve: Hook, load: Hook }) => void }} */ (
  /** @type {unknown} */ (nodeModule)
);

process.setSourceMapsEnabled(true);
if (registerHooks) {
  const { loaded, resolved } = await import("./hooks.mjs");
  registerHooks({
    resolve: (specifier, context, next) => resolved(specifier, context.parentURL) ?? next(specifier, context),
    load: (url, context, next) => loaded(url) ?? next(url, context),
  });
} else nodeModule.register("./thread.mjs", import.meta.url);
