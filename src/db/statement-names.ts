import { createHash } from "node:crypto";

/** How many texts get names: each connection of PostgreSQL keeps some ten kB of each. */
const LIMIT = 200;

/**
 * The name under which PostgreSQL keeps the plan of a statement, so that it is not parsed and planned anew each
 * time; undefined when statements are sent without one, and for texts that come when there are many names already.
 *
 * @param text one out of not many: each connection keeps what it was given a name for until it ends
 */
export type StatementNames = (text: string) => string | undefined;

/**
 * Names are taken from the text, so that they mean the same on every connection and in every process: a pooler
 * that knows names (PgBouncer from 1.21 on) shares them.
 *
 * @param enabled false for poolers in transaction mode that do not know names
 */
export function statementNames(enabled: boolean): StatementNames {
  if (!enabled) return () => undefined;
  const names = new Map<string, string>();
  return (text) => {
    let name = names.get(text);
    if (name === undefined && names.size < LIMIT) {
      name = `r_${createHash("sha256").update(text).digest("base64url").slice(0, 20)}`;
      names.set(text, name);
    }
    return name;
  };
}
