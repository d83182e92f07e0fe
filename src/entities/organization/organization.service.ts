import type { VersionedSettings } from "../../db/write/organization.ts";
import type { Caller } from "../../graphql/context.ts";
import { readInput } from "../../records/inputs.ts";
import { checkVersion } from "../../records/version.ts";
import { changesOf } from "../../records/write/changes.ts";
import type { IdempotencyKey } from "../../records/write/repeatable.ts";
import { write } from "../../records/write/write.ts";
import { OrganizationUpdate } from "./organization.inputs.ts";

/**
 * Changes the settings of the caller's organization; omitted fields stay as they are.
 *
 * @param raw an `OrganizationUpdateInput`
 * @param expectedVersion refuses if the organization has another version
 * @param idempotencyKey a repeated request with the same key changes nothing
 * @returns the current settings
 * @throws RefusalError VERSION_CONFLICT, or everything that is wrong with the input
 */
export async function updateOrganization(
  caller: Caller,
  raw: unknown,
  expectedVersion?: number | null,
  idempotencyKey?: IdempotencyKey,
): Promise<VersionedSettings> {
  const change = readInput(OrganizationUpdate, raw);
  let settings: VersionedSettings | undefined;
  await write(
    caller,
    async ({ tx: { organization, orgId }, trail }) => {
      settings = undefined;
      const before = await organization.read();
      checkVersion({ id: null, version: before.version }, expectedVersion, "Organization");
      settings = await organization.change(before, change);
      const changes = changesOf({ ...before }, { ...settings, version: before.version });
      if (settings.version > before.version) {
        trail.note("UPDATED", "Organization", [orgId], Object.keys(changes));
      }
      return {};
    },
    {
      repeatable: {
        key: idempotencyKey,
        operation: "organizationUpdate",
        args: [raw, expectedVersion ?? null],
        // The answer is not stored: a repeated request returns the current settings.
        records: () => ({}),
      },
    },
  );
  return settings ?? caller.db.transaction(({ organization }) => organization.read());
}
