import { createLogger } from "../../src/server/log.ts";

/** One parsed line of the log. */
export type Line = Readonly<Record<string, unknown>> & { readonly msg: string; readonly level: number };

/** The server's logger; its lines are kept for a test. */
export function keptLog(level: Parameters<typeof createLogger>[0] = "debug") {
  const texts: string[] = [];
  const logger = createLogger(level, { write: (text: string) => void texts.push(text) });
  const lines = (): Line[] => texts.map((text) => JSON.parse(text));
  return {
    logger,
    /** The whole log as text. */
    text: () => texts.join(""),
    lines,
    /** The lines of requests. */
    requests: () => lines().filter(({ msg }) => msg === "request"),
    clear: () => void texts.splice(0),
  };
}
