import type { Caller } from "../graphql/context.ts";
import { refuse } from "../lib/errors.ts";

/**
 * Requires a member who sees all data, for changes of what the whole organization shares.
 *
 * @throws RefusalError FORBIDDEN for a member restricted to assigned data
 */
export function requireAllData({ viewer }: Pick<Caller, "viewer">, message: string): void {
  if (viewer.dataScope !== "ALL") throw refuse("FORBIDDEN", [], message);
}
