import type { Query } from "../open/query.ts";

/** What an organization's administrators write of it. */
export interface OrganizationSettings {
  readonly name: string;
  /** IANA time zone in which its days begin. */
  readonly timeZone: string;
  /** The country of phone numbers that are written without one: two letters of ISO 3166-1. */
  readonly defaultCountry: string | null;
}

/** Settings to change: what is absent or undefined stays as it is. */
export type OrganizationChange = {
  readonly [Name in keyof OrganizationSettings]?: OrganizationSettings[Name] | undefined;
};

/**
 * Changes the settings of an organization, locked from being read to the end of the transaction. Where nothing differs,
 * nothing is written.
 *
 * @param query sends statements of constant text, whose plans are kept
 * @returns the settings as they are then
 */
export async function changeOrganization(
  query: Query,
  orgId: string,
  change: OrganizationChange,
): Promise<OrganizationSettings> {
  // The key of the row stays, so that rows which refer to the organization are written meanwhile.
  const [before] = await query<OrganizationSettings>(
    `SELECT name, time_zone AS "timeZone", default_country AS "defaultCountry"
     FROM organization WHERE id = $1::uuid FOR NO KEY UPDATE`,
    [orgId],
  );
  if (before === undefined) throw new Error("the organization of a caller is not there");
  const { name = before.name, timeZone = before.timeZone, defaultCountry = before.defaultCountry } = change;
  const after = { name, timeZone, defaultCountry };
  if (JSON.stringify(after) === JSON.stringify(before)) return before;
  await query(
    `UPDATE organization SET name = $2, time_zone = $3, default_country = $4, updated_at = now() WHERE id = $1::uuid`,
    [orgId, name, timeZone, defaultCountry],
  );
  return after;
}
