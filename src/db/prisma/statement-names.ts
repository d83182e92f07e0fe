import { createHash } from "node:crypto";

/**
 * The name under which PostgreSQL keeps the plan of a statement, so that it is not parsed and planned again;
 * undefined for a statement without a name.
 *
 * @param text of a statement whose best plan does not depend on its values
 */
export type StatementNames = (text: string) => string | undefined;

/**
 * Most named statements. Each connection keeps each plan until it ends, about 50 kB of the database server's memory.
 */
const MOST_NAMES = 200;

/**
 * Names statements by a hash of their text, so that a name means the same on every connection and in every process: a
 * pooler that supports prepared statements (PgBouncer from 1.21 on) shares them. A text gets a name when it is sent a
 * second time. There are at most MOST_NAMES: callers choose what they select, and thus how many texts there are.
 *
 * @param enabled false for poolers in transaction mode without support for prepared statements
 */
export function statementNames(enabled: boolean): StatementNames {
  if (!enabled) return () => undefined;
  const names = new Map<string, string>();
  let seen = new Set<string>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined || names.size >= MOST_NAMES) return known;
    if (!seen.has(text)) {
      if (seen.size >= MOST_NAMES) seen = new Set();
      seen.add(text);
      return undefined;
    }
    seen.delete(text);
    const name = `r_${createHash("sha256").update(text).digest("base64url").slice(0, 20)}`;
    names.set(text, name);
    return name;
  };
}
