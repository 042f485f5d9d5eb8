import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import { builtPackage } from "./built.ts";
import { temporaryDirectory } from "./temporary.ts";

/** The modules that a process of Node.js has loaded, as V8 tells them in its coverage when the process ends. */
export class LoadedModules {
  /** The environment of the process that is looked at. */
  readonly env: { readonly NODE_V8_COVERAGE: string };

  constructor(test: TestContext) {
    this.env = { NODE_V8_COVERAGE: temporaryDirectory(test) };
  }

  /** Once it has ended: those of this package as their paths below `dist/`, others as their addresses. */
  names(): string[] {
    const folder = this.env.NODE_V8_COVERAGE;
    const [report, ...others] = readdirSync(folder);
    if (report === undefined || others.length > 0) throw new Error(`expected one process, got ${others.length + 1}`);
    const { result } = JSON.parse(readFileSync(join(folder, report), "utf8"));
    const own = pathToFileURL(join(builtPackage(), "dist/")).href;
    return (result as readonly { readonly url: string }[])
      .map(({ url }) => url)
      .filter((url) => url.startsWith("file:"))
      .map((url) => url.replace(own, ""));
  }
}
