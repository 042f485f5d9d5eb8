import type { Logger } from "../../service/logger.ts";
import { out } from "../output/out.ts";
import { safeText } from "../output/safe-text.ts";

/** Says what happens while something is served. */
export type Tell = (event: string, what: string, record?: object) => void;

/** @param json - for machines: a line of JSON for what happens, `{event, …}` */
export function teller(json: boolean): Tell {
  return (event, what, record = { message: what }) => {
    if (json) out.line(JSON.stringify({ event, ...record }));
    else out.line(`${out.paint(event.startsWith("not") ? "yellow" : "green", event)} ${safeText(what)}`);
  };
}

/** Tells the warnings and errors of services and servers. */
export function loggerOf(tell: Tell): Logger {
  const say =
    (level: string) =>
    (message: string, ...details: unknown[]) => {
      const causes = details.map((detail) => (detail instanceof Error ? detail.message : String(detail)));
      tell(level, [message, ...causes].join(" "));
    };
  return { debug() {}, info() {}, warn: say("warning"), error: say("error") };
}
