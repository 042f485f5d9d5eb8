import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly hasInstallScript?: boolean;
  readonly integrity?: string;
}

const read = (path: string) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), "utf8"));
const locked = read("package-lock.json").packages as Readonly<Record<string, Locked>>;
const packages = Object.entries(locked).filter(([name]) => name.startsWith("node_modules/"));

/** What npm installs with a package, by where it lies: what it depends on, and what that depends on. */
function installedWith(name: string, found: Set<string> = new Set()): string[] {
  const { dependencies, optionalDependencies } = locked[name] ?? {};
  for (const dependency of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const nested = `${name}/node_modules/${dependency}`;
    const place = nested in locked ? nested : `node_modules/${dependency}`;
    if (found.has(place)) continue;
    found.add(place);
    installedWith(place, found);
  }
  return [...found];
}

test("nothing that comes with the package runs a script when it is installed", () => {
  const production = installedWith("");
  assert(production.includes("node_modules/ws"));
  assert.deepEqual(
    production.filter((name) => locked[name]?.hasInstallScript),
    [],
  );
});

test("nor does the package itself", () => {
  const { scripts } = read("package.json") as { readonly scripts: Readonly<Record<string, string>> };
  for (const name of ["preinstall", "install", "postinstall", "prepare"]) assert.equal(scripts[name], undefined);
});

test("every package that is installed is the one that was locked", () => {
  assert.deepEqual(
    packages.filter(([, { integrity }]) => !integrity?.startsWith("sha512-")).map(([name]) => name),
    [],
  );
});
