import type { Caller } from "../graphql/context.ts";
import { refuse } from "../lib/errors.ts";

/**
 * What belongs to the whole organization is not for members who see only a part of it.
 *
 * @throws RefusalError FORBIDDEN for a member restricted to assigned data
 */
export function requireAllData({ viewer }: Pick<Caller, "viewer">, message: string): void {
  if (viewer.dataScope !== "ALL") throw refuse("FORBIDDEN", [], message);
}
