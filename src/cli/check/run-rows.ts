import { alsoTaking, flawIn, wordsFor } from "./expectation.ts";
import { excerpt, type Finding } from "./finding.ts";
import type { Heard, Prober } from "./prober.ts";
import { type Row, STRAY } from "./rows.ts";

const METHOD_NOT_FOUND = -32601;

/**
 * The rows, as a server can pass them: one that answers unknown methods with another code, since it wants to know who asks for
 * instance, is told so once.
 *
 * @param first - the finding of the first row, which calls a method that does not exist
 */
export function rowsAfter(first: Finding, rows: readonly Row[]): readonly Row[] {
  const code = /^its code is (-?\d+)$/.exec(first.flaw ?? "")?.[1];
  if (code === undefined) return rows;
  return rows.map((row) => ({ ...row, expect: alsoTaking(row.expect, Number(code), METHOD_NOT_FOUND) }));
}

/**
 * Sends a row's text and judges what comes.
 *
 * @throws when the server cannot be dialled any more
 */
export async function runRow(row: Row, prober: Prober): Promise<Finding> {
  const { group, name, section, level, expect } = row;
  if (name === STRAY && !(await prober.canPush())) {
    return { group, name, section, level, outcome: "skipped", why: "over HTTP whoever sends something may be told so" };
  }
  const heard = expect.kind === "silence" ? await prober.tell(row.send) : await prober.ask(row.send);
  const flaw = await judge(row, heard, prober);
  if (flaw === undefined) return { group, name, section, level, outcome: "passed" };
  return {
    group,
    name,
    section,
    level,
    outcome: "failed",
    expected: excerpt(wordsFor(expect)),
    got: wordsOf(heard),
    flaw,
  };
}

async function judge({ expect }: Row, heard: Heard, prober: Prober): Promise<string | undefined> {
  const [text] = heard.texts;
  if (expect.kind === "survival") return (await prober.alive()) ? undefined : "it does not answer any more";
  if (expect.kind === "silence") {
    if (text !== undefined) return "it was answered";
    return heard.closed ? "the connection was closed" : undefined;
  }
  if (heard.texts.length > 1) return `there are ${heard.texts.length} answers`;
  return text === undefined ? "there is no answer" : flawIn(text, expect);
}

function wordsOf({ texts, troubles, closed }: Heard): string {
  const parts = [...texts.map(excerpt), ...troubles, ...(closed ? ["the connection was closed"] : [])];
  return parts.length === 0 ? "nothing" : parts.join(", then ");
}

const CALLS = 100;

/** Many calls at once: each is to be answered, once, under its own id. */
export async function runFlood(prober: Prober): Promise<Finding> {
  const about = { group: "torture", name: `${CALLS} calls at once`, section: "5", level: "must" } as const;
  const ids = Array.from({ length: CALLS }, (_, index) => `flood-${index}`);
  const texts = await prober.flood(
    ids.map((id) => JSON.stringify({ jsonrpc: "2.0", id, method: "tsjason.check.nobody" })),
  );
  const answered = texts.map((text) => /flood-\d+/.exec(text)?.[0]);
  const missing = ids.filter((id) => !answered.includes(id));
  if (missing.length === 0 && texts.length === CALLS) return { ...about, outcome: "passed" };
  const got = `${texts.length} answers, ${missing.length} calls without one`;
  return {
    ...about,
    outcome: "failed",
    expected: `${CALLS} answers, one for each id`,
    got,
    flaw: "answers are missing, or too many",
  };
}
