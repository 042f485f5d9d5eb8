import { flawIn, wordsFor } from "./expectation.ts";
import { excerpt, type Finding } from "./finding.ts";
import type { Heard, Prober } from "./prober.ts";
import type { Row } from "./rows.ts";

/**
 * Sends a row's text and judges what comes.
 *
 * @throws when the server cannot be dialled any more
 */
export async function runRow(row: Row, prober: Prober): Promise<Finding> {
  const { group, name, section, level, expect } = row;
  const heard = expect.kind === "silence" ? await prober.tell(row.send) : await prober.ask(row.send);
  const flaw = await judge(row, heard, prober);
  if (flaw === undefined) return { group, name, section, level, outcome: "passed" };
  return { group, name, section, level, outcome: "failed", expected: wordsFor(expect), got: wordsOf(heard), flaw };
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
