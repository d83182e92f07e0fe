import type { Viewer } from "../../auth/viewer.ts";
import type { OrganizationSettings } from "../../db/write/organization.ts";
import type { Caller } from "../../graphql/context.ts";
import { refuse } from "../../lib/errors.ts";
import { readInput } from "../../records/inputs.ts";
import { requireAllData } from "../../records/permission.ts";
import { write } from "../../records/write/write.ts";
import { OrganizationUpdate } from "./organization.inputs.ts";

/** Who changes an organization has the scope ADMIN. */
interface AdminCaller extends Caller {
  readonly viewer: Caller["viewer"] & Pick<Viewer, "scopes">;
}

/**
 * Changes the caller's organization: what is left out stays as it is.
 *
 * @returns its settings as they are then
 * @throws RefusalError FORBIDDEN without the scope ADMIN and for a member restricted to assigned data, or with everything
 *   that is wrong with the input
 */
export function updateOrganization(caller: AdminCaller, raw: unknown): Promise<OrganizationSettings> {
  if (!caller.viewer.scopes.has("ADMIN")) throw refuse("FORBIDDEN", [], "this needs the scope ADMIN");
  requireAllData(caller, "a member restricted to assigned data cannot change the organization");
  const change = readInput(OrganizationUpdate, raw);
  return write(caller, ({ tx }) => tx.changeOrganization(change));
}
