// The hooks as Node.js has them in a thread of their own, before 22.15.

import { loaded, resolved } from "./hooks.mjs";

/** @type {import("node:module").ResolveHook} */
export async function resolve(specifier, context, next) {
  return resolved(specifier, context.parentURL) ?? (await next(specifier, context));
}

/** @type {import("node:module").LoadHook} */
export async function load(url, context, next) {
  return loaded(url) ?? (await next(url, context));
}
