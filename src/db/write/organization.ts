import type { WeekDay } from "../../generated/prisma/enums.ts";
import type { Query } from "../open/query.ts";

/** Settings of an organization. */
interface OrganizationSettings {
  readonly name: string;
  /** IANA time zone. */
  readonly timeZone: string;
  /** First day of the week. */
  readonly weekStart: WeekDay;
  /** ISO 3166-1 alpha-2 code of the country assumed for phone numbers without a country code. */
  readonly defaultCountry: string | null;
  /** ISO 4217 code of the currency assumed for amounts without one. */
  readonly defaultCurrency: string | null;
}

/** The settings and their version, from 1. */
export interface VersionedSettings extends OrganizationSettings {
  readonly version: number;
}

/** Settings to change: omitted or undefined ones stay as they are. */
type OrganizationChange = {
  readonly [Name in keyof OrganizationSettings]?: OrganizationSettings[Name] | undefined;
};

/** The settings of an organization, read and changed under a lock that lasts until the transaction ends. */
export interface OrganizationRow {
  /** Reads and locks the settings. */
  read(): Promise<VersionedSettings>;
  /**
   * Changes the settings. If nothing differs, nothing is written.
   *
   * @param before the settings that were read
   * @returns the changed settings
   */
  change(before: VersionedSettings, change: OrganizationChange): Promise<VersionedSettings>;
}

/**
 * @param query sends statements of constant text, whose plans are kept
 * @param touch called when the settings are changed
 */
export const organizationRow = (query: Query, orgId: string, touch: () => void): OrganizationRow => ({
  async read() {
    // FOR NO KEY UPDATE: rows that refer to the organization can be written meanwhile.
    const [row] = await query<VersionedSettings>(
      `SELECT name, time_zone AS "timeZone", week_start::text AS "weekStart", default_country AS "defaultCountry",
         default_currency AS "defaultCurrency", version
       FROM organization WHERE id = $1::uuid FOR NO KEY UPDATE`,
      [orgId],
    );
    if (row === undefined) throw new Error("the caller's organization does not exist");
    return row;
  },
  async change(before, change) {
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    const after = { ...before, ...given };
    const { name, timeZone, weekStart, defaultCountry, defaultCurrency } = after;
    if (JSON.stringify(after) === JSON.stringify(before)) return before;
    const version = before.version + 1;
    touch();
    await query(
      `UPDATE organization SET name = $2, time_zone = $3, week_start = $4::"WeekDay", default_country = $5,
         default_currency = $6, version = $7, updated_at = now()
       WHERE id = $1::uuid`,
      [orgId, name, timeZone, weekStart, defaultCountry, defaultCurrency, version],
    );
    return { ...after, version };
  },
});
