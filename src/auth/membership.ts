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
  /** ISO 3166-1 alpha-2 code of the country assumed for phone numbers without a country code. */
  readonly defaultCountry: string | null;
  /** First day of the week. */
  readonly weekStart: WeekDay;
  /** ISO 4217 code of the currency assumed for amounts without one. */
  readonly defaultCurrency: string | null;
  /** Version of the organization's settings, from 1. */
  readonly orgVersion: number;
  /** Key that signs the organization's cursors. */
  readonly cursorSecret: Uint8Array;
}

/** The membership that a credential was resolved to, and what the credential grants. */
export interface Found extends Membership {
  /** The API key, or the user whom a token names. */
  readonly credentialId: string;
  /** The API key, if the credential is one. */
  readonly apiKeyId: string | null;
  /** Scopes that the credential grants, before the member's role limits them. */
  readonly granted: readonly ApiScope[];
  /** Values that the credential allows in X-Modification-Source. */
  readonly sources: readonly ModificationSource[];
}

/** The columns of a Membership, from member `m`, its user `u` and its organization `o`. */
export const membershipColumns = `m.org_id AS "orgId", m.id AS "memberId", m.role, m.data_scope AS "dataScope",
            coalesce(m.name, u.name) AS "userName", coalesce(m.email, u.email) AS "userEmail",
            o.name AS "orgName", o.mode, o.time_zone AS "timeZone", o.default_country AS "defaultCountry",
            o.week_start AS "weekStart", o.default_currency AS "defaultCurrency", o.version AS "orgVersion",
            o.cursor_secret AS "cursorSecret"`;
