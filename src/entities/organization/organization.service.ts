import type { VersionedSettings } from "../../db/write/organization.ts";
import type { Caller } from "../../graphql/context.ts";
import { readInput } from "../../records/inputs.ts";
import { checkVersion } from "../../records/version.ts";
import type { IdempotencyKey } from "../../records/write/repeatable.ts";
import { write } from "../../records/write/write.ts";
import { OrganizationUpdate } from "./organization.inputs.ts";

/**
 * Changes the caller's organization: what is left out stays as it is.
 *
 * @param raw what to change, as `OrganizationUpdateInput` has it
 * @param expectedVersion refuses when the organization is at another version
 * @param idempotencyKey a request that is repeated under it changes nothing
 * @returns its settings as they are then
 * @throws RefusalError VERSION_CONFLICT, or with everything that is wrong with the input
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
    async ({ tx: { organization } }) => {
      settings = undefined;
      const before = await organization.read();
      checkVersion({ id: null, version: before.version }, expectedVersion, "Organization");
      settings = await organization.change(before, change);
      return {};
    },
    {
      repeatable: {
        key: idempotencyKey,
        operation: "organizationUpdate",
        args: [raw, expectedVersion ?? null],
        // Nothing is kept: a repeated request is answered with the settings of that moment.
        records: () => ({}),
      },
    },
  );
  return settings ?? caller.db.transaction(({ organization }) => organization.read());
}
