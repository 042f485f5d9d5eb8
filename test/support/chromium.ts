import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The little of playwright-core that is used. Its own types want those of a page, which nothing else here may have. */
export interface Browser {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

export interface Page {
  goto(url: string): Promise<unknown>;
  url(): string;
  /** Runs JavaScript in the page, and gives what it comes to, as JSON would have it. */
  evaluate(script: string): Promise<unknown>;
  close(): Promise<void>;
}

/* As Debian, other systems and Google call it. */
const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];

/** Where Chromium is: what the environment variable CHROMIUM names, or the first on the path; `undefined` for nowhere. */
export const chromium: string | undefined = process.env.CHROMIUM ?? onPath();

/** For a test's option `skip`: why it cannot run here, and what would help. */
export const withoutChromium: string | false =
  chromium === undefined && "needs Chromium: apt-get install chromium, or its path in the variable CHROMIUM";

/** Starts it, without a window. The name evil.example stands for this machine there, as its owner could have it. */
export async function launch(): Promise<Browser> {
  const name: string = "playwright-core";
  const { chromium: launcher } = await import(name);
  // There is no sandbox for root, nor in a container; the pages are this project's own.
  const args = ["--no-sandbox", "--disable-dev-shm-usage", "--host-resolver-rules=MAP evil.example 127.0.0.1"];
  return await launcher.launch({ headless: true, executablePath: chromium, args });
}

function onPath(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
