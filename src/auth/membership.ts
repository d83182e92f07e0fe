import type { Principal } from "../db/scope/scope.ts";
import type {
  ApiScope,
  MemberRole,
  ModificationSource,
  OrganizationMode,
  WeekDay,
} from "../generated/prisma/enums.ts";

/** A user's membership of one organization, which every credential is resolved to. */
export interface Membership extends Principal {
  readonly role: MemberRole;
  readonly userName: string;
  readonly userEmail: string;
  readonly orgName: string;
  readonly mode: OrganizationMode;
  readonly timeZone: string;
  /** The country of phone numbers that are written without one: two letters of ISO 3166-1. */
  readonly defaultCountry: string | null;
  /** The day with which its weeks begin. */
  readonly weekStart: WeekDay;
  /** The currency of amounts that are written without one: ISO 4217. */
  readonly defaultCurrency: string | null;
  /** How often its settings were changed, from 1. */
  readonly orgVersion: number;
  /** Signs the organization's cursors. */
  readonly cursorSecret: Uint8Array;
}

/** The membership that a credential was resolved to, and what the credential grants. */
export interface Found extends Membership {
  /** The API key, or the user whom a token names. */
  readonly credentialId: string;
  /** The API key, where the credential is one. */
  readonly apiKeyId: string | null;
  /** What the credential grants, before the member's role limits it. */
  readonly granted: readonly ApiScope[];
  /** Values that it may send in X-Modification-Source. */
  readonly sources: readonly ModificationSource[];
}

/** The columns of a Membership: of member `m`, its user `u` and its organization `o`. */
export const membershipColumns = `m.org_id AS "orgId", m.id AS "memberId", m.role, m.data_scope AS "dataScope",
            coalesce(m.name, u.name) AS "userName", coalesce(m.email, u.email) AS "userEmail",
            o.name AS "orgName", o.mode, o.time_zone AS "timeZone", o.default_country AS "defaultCountry",
            o.week_start AS "weekStart", o.default_currency AS "defaultCurrency", o.version AS "orgVersion",
            o.cursor_secret AS "cursorSecret"`;
