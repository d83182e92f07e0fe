import type { WeekDay } from "../../generated/prisma/enums.ts";
import type { Query } from "../open/query.ts";

/** What an organization's administrators write of it. */
interface OrganizationSettings {
  readonly name: string;
  /** IANA time zone in which its days begin. */
  readonly timeZone: string;
  /** The day with which its weeks begin. */
  readonly weekStart: WeekDay;
  /** The country of phone numbers that are written without one: two letters of ISO 3166-1. */
  readonly defaultCountry: string | null;
  /** The currency of amounts that are written without one: ISO 4217. */
  readonly defaultCurrency: string | null;
}

/** The settings, and how often they were changed, from 1. */
export interface VersionedSettings extends OrganizationSettings {
  readonly version: number;
}

/** Settings to change: what is absent or undefined stays as it is. */
type OrganizationChange = {
  readonly [Name in keyof OrganizationSettings]?: OrganizationSettings[Name] | undefined;
};

/** The settings of an organization as a transaction has them, locked to its end. */
export interface OrganizationRow {
  /** Reads them and locks them. */
  read(): Promise<VersionedSettings>;
  /**
   * Changes them. Where nothing differs, nothing is written.
   *
   * @param before as they were read
   * @returns the settings as they are then
   */
  change(before: VersionedSettings, change: OrganizationChange): Promise<VersionedSettings>;
}

/** @param query sends statements of constant text, whose plans are kept */
export const organizationRow = (query: Query, orgId: string): OrganizationRow => ({
  async read() {
    // The key of the row stays, so that rows which refer to the organization are written meanwhile.
    const [row] = await query<VersionedSettings>(
      `SELECT name, time_zone AS "timeZone", week_start::text AS "weekStart", default_country AS "defaultCountry",
         default_currency AS "defaultCurrency", version
       FROM organization WHERE id = $1::uuid FOR NO KEY UPDATE`,
      [orgId],
    );
    if (row === undefined) throw new Error("the organization of a caller is not there");
    return row;
  },
  async change(before, change) {
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    const after = { ...before, ...given };
    const { name, timeZone, weekStart, defaultCountry, defaultCurrency } = after;
    if (JSON.stringify(after) === JSON.stringify(before)) return before;
    const version = before.version + 1;
    await query(
      `UPDATE organization SET name = $2, time_zone = $3, week_start = $4::"WeekDay", default_country = $5,
         default_currency = $6, version = $7, updated_at = now()
       WHERE id = $1::uuid`,
      [orgId, name, timeZone, weekStart, defaultCountry, defaultCurrency, version],
    );
    return { ...after, version };
  },
});
