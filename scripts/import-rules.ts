/**
 * The rules for imports under src/, and the checker that holds them (see test/imports.test.ts): each folder of src/ is
 * a room with one job, and imports run only downwards.
 */
import { dirname, join } from "node:path/posix";
import {
  isAsExpression,
  isCallExpression,
  isExportDeclaration,
  isExternalModuleReference,
  isIdentifier,
  isImportDeclaration,
  isImportEqualsDeclaration,
  isImportTypeNode,
  isLiteralTypeNode,
  isMetaProperty,
  isNewExpression,
  isNoSubstitutionTemplateLiteral,
  isPropertyAccessExpression,
  isStringLiteral,
  type Node,
  type SourceFile,
  SyntaxKind,
} from "typescript/unstable/ast";
import { createVirtualFileSystem } from "typescript/unstable/fs";
import { API } from "typescript/unstable/sync";

/**
 * What a room may import from others: whole rooms, single files of them, or, where it says "type", types only.
 * The order is from the bottom up: a room names only rooms before it.
 */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  time: [],
  tracing: [],
  protocol: [],
  openrpc: [],
  service: ["protocol", "time", "tracing", "type openrpc"],
  connection: ["protocol", "service", "time", "tracing"],
  framing: ["protocol", "time", "connection/channel.ts", "connection/deferred.ts", "type service/peer.ts"],
  transport: ["protocol", "time", "connection", "framing", "type service"],
  ports: [
    "protocol",
    "connection/channel.ts",
    "framing/gathered.ts",
    "framing/hand-overs.ts",
    "framing/pressure.ts",
    "framing/write-sizes.ts",
    "transport/child-exit-error.ts",
    "type service/peer.ts",
  ],
  client: ["protocol", "time", "service", "connection", "framing", "transport"],
  server: ["protocol", "time", "service", "connection", "framing", "transport"],
  testing: ["protocol", "time", "service", "connection", "framing", "transport", "client", "server"],
  sync: ["protocol", "time", "service", "connection", "framing", "transport", "client"],
  cli: ["protocol", "openrpc", "time", "service", "connection", "framing", "transport", "client", "server", "sync"],
};

/** Rooms that may import `node:*` and packages. The rest also runs in browsers, until it loads one of these. */
const atHomeInNode = new Set(["tracing", "framing", "transport", "testing", "sync", "cli"]);
/** Rooms that may not even load `node:*` lazily, nor use its types. */
const awayFromNode = new Set(["time", "protocol", "openrpc", "service"]);

/** Names under "imports" in package.json, and the room whose file each stands for: another one elsewhere. */
const aliases: Readonly<Record<string, string>> = { "#loaders": "transport", "#tracing": "tracing" };

/** Each is `transport/<name>.ts`, `transport/<name>-*.ts` or a folder. The transports share the other files. */
const transports = ["tcp", "tls", "unix", "stdio", "websocket", "http", "message-port", "nats"];

/** What src/index.ts must not have loaded when it is loaded, beside `node:*` and the transports themselves. */
const notAtLoadTime = new Set(["framing", "openrpc", "ports", "testing", "sync", "cli"]);

/** One import, export-from, import(), import type or reference to a worker's file. */
export interface Import {
  /** The file that imports, as `src/room/file.ts`. */
  readonly from: string;
  /** The file imported, the same way; or a package's name, or `node:...`; `undefined` when it is computed. */
  readonly to: string | undefined;
  /** `value` loads the other module together with this one, `dynamic` when it is run, `type` never. */
  readonly kind: "value" | "type" | "dynamic";
  readonly line: number;
}

/** The sources, by path: `src/room/file.ts`. */
export type Sources = Readonly<Record<string, string>>;

/** Every breach of the rules, one line each: empty when all is well. */
export function importProblems(sources: Sources, packages: readonly string[] = []): string[] {
  const imports = readImports(sources);
  return [
    ...placeProblems(sources),
    ...imports.flatMap((found) =>
      roomProblems(found, sources, packages).map((problem) => `${found.from}:${found.line}: ${problem}`),
    ),
    ...loadProblems(imports),
    ...cycleProblems(imports),
  ];
}

/** Parses the sources with the compiler's own parser. */
export function readImports(sources: Sources): Import[] {
  const files = Object.fromEntries(Object.entries(sources).map(([path, text]) => [`/${path}`, text]));
  const compilerOptions = { module: "nodenext", target: "esnext", noLib: true, types: [] };
  const config = JSON.stringify({ compilerOptions, files: Object.keys(files) });
  const api = new API({ cwd: "/", fs: createVirtualFileSystem({ ...files, "/tsconfig.json": config }) });
  try {
    const [project] = api.updateSnapshot({ openProjects: ["/tsconfig.json"] }).getProjects();
    return Object.keys(sources).flatMap((path) => {
      const file = project?.program.getSourceFile(`/${path}`);
      if (file === undefined) throw new Error(`the compiler did not read ${path}`);
      return importsOf(path, file);
    });
  } finally {
    api.close();
  }
}

function importsOf(from: string, file: SourceFile): Import[] {
  const found: Import[] = [];
  const add = (node: Node, kind: Import["kind"], given: Node | undefined): void => {
    // A cast is there to keep the compiler from looking: import("x" as string).
    const specifier = given && isAsExpression(given) ? given.expression : given;
    const text =
      specifier && (isStringLiteral(specifier) || isNoSubstitutionTemplateLiteral(specifier))
        ? specifier.text
        : undefined;
    const to = text?.startsWith(".") ? join(dirname(from), text) : text;
    found.push({ from, to, kind, line: file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1 });
  };
  const visit = (node: Node): void => {
    if (isImportDeclaration(node)) {
      const erased = node.importClause?.phaseModifier === SyntaxKind.TypeKeyword;
      add(node, erased ? "type" : "value", node.moduleSpecifier);
    } else if (isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
      add(node, node.isTypeOnly ? "type" : "value", node.moduleSpecifier);
    } else if (isImportEqualsDeclaration(node) && isExternalModuleReference(node.moduleReference)) {
      add(node, node.isTypeOnly ? "type" : "value", node.moduleReference.expression);
    } else if (isImportTypeNode(node)) {
      add(node, "type", isLiteralTypeNode(node.argument) ? node.argument.literal : undefined);
    } else if (isCallExpression(node) && isLoading(node.expression)) {
      add(node, "dynamic", node.arguments[0]);
    } else if (isNewExpression(node) && isIdentifier(node.expression) && node.expression.text === "URL") {
      const [path, base] = node.arguments ?? [];
      const here = base && isPropertyAccessExpression(base) && isMetaProperty(base.expression);
      if (here && path && isStringLiteral(path) && /\.[jt]s$/.test(path.text)) {
        const to = join(dirname(from), path.text.replace(/\.js$/, ".ts"));
        found.push({
          from,
          to,
          kind: "dynamic",
          line: file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1,
        });
      }
    }
    node.forEachChild(visit);
  };
  file.forEachChild(visit);
  return found;
}

/** Whether what is called loads a module: import(), require(), process.getBuiltinModule(). */
function isLoading(callee: Node): boolean {
  if (callee.kind === SyntaxKind.ImportKeyword) return true;
  const name = isPropertyAccessExpression(callee) ? callee.name : callee;
  return isIdentifier(name) && (name.text === "require" || name.text === "getBuiltinModule");
}

function placeProblems(sources: Sources): string[] {
  return Object.keys(sources)
    .filter((path) => path !== "src/index.ts" && !Object.hasOwn(rooms, roomOf(path)))
    .map((path) => `${path}: stands in no room: give it one, and the room a line in scripts/import-rules.ts`);
}

function roomProblems({ from, to, kind }: Import, sources: Sources, packages: readonly string[]): string[] {
  const room = roomOf(from);
  const isIndex = from === "src/index.ts";
  if (to === undefined) return room === "cli" ? [] : ["imports what only shows when it runs"];
  if (to.startsWith("node:")) {
    if (atHomeInNode.has(room)) return [];
    if (isIndex || awayFromNode.has(room)) return [`${isIndex ? "index.ts" : room} must not import ${to}`];
    return kind === "dynamic" ? [] : [`${room} must not import ${to}, unless it is loaded when needed`];
  }
  if (!to.startsWith("src/")) {
    const name = to.split("/", to.startsWith("@") ? 2 : 1).join("/");
    if (!packages.includes(name)) return [`imports ${to}, which package.json does not list as a dependency`];
    const alias = aliases[name];
    if (alias !== undefined) {
      return room === alias || rooms[room]?.includes(alias)
        ? []
        : [`${isIndex ? "index.ts" : room} must not import ${to}`];
    }
    return atHomeInNode.has(room) ? [] : [`${isIndex ? "index.ts" : room} must not import the package ${name}`];
  }
  if (!Object.hasOwn(sources, to)) return [`imports ${to}, which does not exist`];
  const other = roomOf(to);
  if (isIndex) return ["cli", "sync", "testing"].includes(other) ? [`index.ts must not import ${to}`] : [];
  if (to === "src/index.ts") return ["imports src/index.ts, which is for the users"];
  if (other === room) {
    const [one, two] = [transportOf(from), transportOf(to)];
    return one && two && one !== two ? [`transport ${one} must not import transport ${two} (${to})`] : [];
  }
  const may = rooms[room] ?? [];
  const file = to.slice("src/".length);
  if (may.includes(other) || may.includes(file)) return [];
  if (may.includes(`type ${other}`) || may.includes(`type ${file}`)) {
    return kind === "type" ? [] : [`${room} may import ${to} only as a type`];
  }
  return [`${room} must not import ${to}`];
}

/** What loads together with src/index.ts and should not. */
function loadProblems(imports: readonly Import[]): string[] {
  const problems: string[] = [];
  const ways = new Map([["src/index.ts", "src/index.ts"]]);
  for (const [file, way] of ways) {
    for (const { from, to, kind } of imports) {
      if (from !== file || to === undefined || kind !== "value" || ways.has(to)) continue;
      ways.set(to, `${way} -> ${to}`);
      const unwanted = to.startsWith("node:") || notAtLoadTime.has(roomOf(to)) || transportOf(to) !== undefined;
      if (unwanted) problems.push(`src/index.ts must not load ${to}: ${way} -> ${to}`);
    }
  }
  return problems;
}

/** Cycles among what loads together; then those that only exist when imports of types count too. */
function cycleProblems(imports: readonly Import[]): string[] {
  const cycles = (kinds: readonly Import["kind"][]) => {
    const edges = new Map<string, string[]>();
    for (const { from, to, kind } of imports) {
      if (to !== undefined && kinds.includes(kind)) edges.set(from, [...(edges.get(from) ?? []), to]);
    }
    return new Set([...edges.keys()].map((file) => shortestCycle(file, edges)).filter((cycle) => cycle !== undefined));
  };
  const loading = cycles(["value"]);
  const typing = [...cycles(["value", "type"])].filter((cycle) => !loading.has(cycle));
  return [
    ...[...loading].map((cycle) => `cycle: ${cycle}`),
    ...typing.map((cycle) => `cycle through imports of types: ${cycle}`),
  ];
}

/** The shortest way from a file back to it, written from its first file by name, so that each cycle reads one way. */
function shortestCycle(start: string, edges: ReadonlyMap<string, readonly string[]>): string | undefined {
  const ways = new Map([[start, [start]]]);
  for (const [file, way] of ways) {
    for (const next of edges.get(file) ?? []) {
      if (next === start) {
        const first = way.indexOf(way.toSorted()[0] ?? start);
        const turned = [...way.slice(first), ...way.slice(0, first)];
        return [...turned, turned[0]].join(" -> ");
      }
      if (!ways.has(next)) ways.set(next, [...way, next]);
    }
  }
  return undefined;
}

function roomOf(path: string): string {
  return path.split("/")[1] ?? "";
}

function transportOf(path: string): string | undefined {
  const name = /^src\/transport\/([^/.]+)/.exec(path)?.[1];
  return name && transports.find((transport) => name === transport || name.startsWith(`${transport}-`));
}
