import type { ApiScope, DataScope, MemberRole } from "../generated/prisma/enums.ts";

/**
 * Roles and permissions: this table is the source of every refusal, of `viewer.permissions` and of docs/roles.md.
 * Pure functions, without the database.
 */

/** What decides which permissions a caller has. */
export interface Rights {
  readonly role: MemberRole;
  readonly dataScope: DataScope;
  /** Scopes of the credential, limited by the member's role. */
  readonly scopes: ReadonlySet<ApiScope>;
}

interface Role {
  /** How messages call a member with this role. */
  readonly noun: string;
  /** The widest scope that a credential of such a member can have; a scope includes the ones before it. */
  readonly scope: ApiScope;
  /**
   * Roles that such a member may give; of members with these roles, the member may change, remove and manage API
   * keys.
   */
  readonly manages: readonly MemberRole[];
}

/** The roles, widest first. */
export const roles: Readonly<Record<MemberRole, Role>> = {
  OWNER: { noun: "an owner", scope: "ADMIN", manages: ["OWNER", "ADMIN", "MEMBER", "READ_ONLY"] },
  ADMIN: { noun: "an administrator", scope: "ADMIN", manages: ["ADMIN", "MEMBER", "READ_ONLY"] },
  MEMBER: { noun: "a member", scope: "WRITE", manages: [] },
  READ_ONLY: { noun: "a member who only reads", scope: "READ", manages: [] },
};

interface Needs {
  readonly scope: ApiScope;
  /**
   * The message for a member restricted to assigned data, who does not have the permission; absent if restricted
   * members have it.
   */
  readonly allData?: string;
  /** For the schema and docs/roles.md. */
  readonly description: string;
}

const shared = (what: string) =>
  `${what} are shared: a member restricted to assigned data cannot change them`;

/** The permissions. Each mutation names the one that it needs. */
export const permissions = {
  RECORD_READ: { scope: "READ", description: "Read records, definitions, lists and members." },
  CONTACT_WRITE: { scope: "WRITE", description: "Create, change, trash and restore contacts." },
  CONTACT_MERGE: { scope: "WRITE", description: "Merge contacts, and undo merges." },
  CONTACT_ERASE: {
    scope: "ADMIN",
    allData: "a member restricted to assigned data cannot erase a person, of whom they may not see all",
    description: "Erase a person for good, wherever their values are kept.",
  },
  CONTACT_BULK_WRITE: { scope: "WRITE", description: "Change all contacts that a filter matches." },
  LEAD_WRITE: { scope: "WRITE", description: "Create, change, convert, trash and restore leads." },
  DEAL_WRITE: { scope: "WRITE", description: "Create, change and delete deals." },
  ACTIVITY_WRITE: { scope: "WRITE", description: "Log, change and delete activities." },
  CONVERSATION_WRITE: { scope: "WRITE", description: "Create, change and delete conversations." },
  RECORD_IMPORT: { scope: "WRITE", description: "Import contacts and leads." },
  RECORD_EXPORT: { scope: "WRITE", description: "Export contacts, leads and deals." },
  DUPLICATE_SEARCH: {
    scope: "WRITE",
    allData: "a search looks at all contacts: a member restricted to assigned data cannot ask for one",
    description: "Search for contacts that are likely one person.",
  },
  TAG_CREATE: { scope: "WRITE", description: "Make tags." },
  TAG_MANAGE: { scope: "WRITE", allData: shared("tags"), description: "Rename, recolour and delete tags." },
  CUSTOM_FIELD_MANAGE: {
    scope: "WRITE",
    allData: shared("custom fields and their folders"),
    description: "Create, change, order and delete custom fields and their folders.",
  },
  CUSTOM_VALUE_MANAGE: {
    scope: "WRITE",
    allData: shared("custom values"),
    description: "Set and delete custom values.",
  },
  SMART_LIST_MANAGE: {
    scope: "WRITE",
    allData: shared("smart lists"),
    description: "Save, change and delete smart lists.",
  },
  ORGANIZATION_UPDATE: {
    scope: "ADMIN",
    allData: "a member restricted to assigned data cannot change the organization",
    description: "Change the settings of the organization.",
  },
  AUDIT_READ: {
    scope: "ADMIN",
    allData: "events are of all records: a member restricted to assigned data cannot read them",
    description: "Read audit events.",
  },
  API_KEY_MANAGE: {
    scope: "ADMIN",
    description: "List, create and revoke API keys of members whose role the caller's role manages.",
  },
  MEMBER_INVITE: {
    scope: "ADMIN",
    description: "Invite members with a role that the caller's role manages.",
  },
  MEMBER_UPDATE: { scope: "ADMIN", description: "Change the role and data scope of members." },
  MEMBER_REMOVE: {
    scope: "ADMIN",
    allData: "a member restricted to assigned data cannot remove members, whose records they do not see",
    description: "Remove members, and choose who gets their records.",
  },
  MEMBER_REASSIGN: {
    scope: "ADMIN",
    allData: "a member restricted to assigned data cannot reassign records that they do not see",
    description: "Assign all records of one member to another one, or to nobody.",
  },
} as const satisfies Readonly<Record<string, Needs>>;

export type Permission = keyof typeof permissions;

export const allPermissions = Object.keys(permissions) as readonly Permission[];

const scopeOrder: readonly ApiScope[] = ["READ", "WRITE", "ADMIN"];
const levelOf = (scope: ApiScope): number => scopeOrder.indexOf(scope) + 1;

/** Scopes by their number: none, READ, READ and WRITE, all three. */
const scopesOf: readonly ReadonlySet<ApiScope>[] = [0, 1, 2, 3].map(
  (count) => new Set(scopeOrder.slice(0, count)),
);

/** The scopes of a credential, limited by the member's role. */
export function effectiveScopes(scopes: readonly ApiScope[], role: MemberRole): ReadonlySet<ApiScope> {
  const granted = Math.max(0, ...scopes.map(levelOf));
  return scopesOf[Math.min(granted, levelOf(roles[role].scope))] as ReadonlySet<ApiScope>;
}

/** The scopes that exceed the role. */
export const scopesBeyond = (scopes: readonly ApiScope[], role: MemberRole): ApiScope[] =>
  scopes.filter((scope) => levelOf(scope) > levelOf(roles[role].scope));

/** Why a caller does not have a permission; null if the caller has it. */
export function lackOf({ scopes, dataScope }: Rights, permission: Permission): string | null {
  const { scope, allData }: Needs = permissions[permission];
  if (!scopes.has(scope)) return `this needs the scope ${scope}`;
  return allData !== undefined && dataScope !== "ALL" ? allData : null;
}

/** All permissions of a caller, in the order of the table. */
export const permissionsOf = (rights: Rights): Permission[] =>
  allPermissions.filter((permission) => lackOf(rights, permission) === null);

/** The member that an operation changes. */
export interface Subject {
  readonly id: string;
  readonly role: MemberRole;
  readonly dataScope: DataScope;
}

/** The caller who changes a member. That the caller has the permission is checked elsewhere. */
export type Doer = Pick<Rights, "role" | "dataScope"> & { readonly memberId: string };

/**
 * Why a caller cannot create or revoke keys of a member; null if allowed. A member restricted to assigned data
 * manages only their own keys.
 */
export function keyRefusal(doer: Doer, holder: Subject): string | null {
  if (!roles[doer.role].manages.includes(holder.role)) {
    return `only ${whoManages(holder.role)} can create and revoke the keys of ${roles[holder.role].noun}`;
  }
  if (doer.dataScope !== "ALL" && holder.id !== doer.memberId) {
    return "a member restricted to assigned data can create and revoke only their own keys";
  }
  return null;
}

/**
 * Why a caller cannot change or remove a member; null if allowed. Nobody changes or removes themselves, so that an
 * organization always keeps an owner who sees all data: only such an owner can change or remove another one.
 */
export function memberRefusal(doer: Doer, member: Subject): string | null {
  if (member.id === doer.memberId) return "you cannot change or remove yourself: ask another administrator";
  if (!roles[doer.role].manages.includes(member.role)) {
    return `only ${whoManages(member.role)} can change or remove ${roles[member.role].noun}`;
  }
  if (doer.dataScope !== "ALL" && member.dataScope === "ALL") {
    return "a member restricted to assigned data can change only members who are restricted as well";
  }
  return null;
}

/** Why a caller cannot give a role; null if allowed. */
export const roleRefusal = (doer: Doer, role: MemberRole): string | null =>
  roles[doer.role].manages.includes(role) ? null : `role ${role} can be given by ${whoManages(role)} only`;

/** Why a caller cannot give a data scope; null if allowed. */
export const dataScopeRefusal = (doer: Doer, dataScope: DataScope): string | null =>
  doer.dataScope !== "ALL" && dataScope === "ALL"
    ? "dataScope ALL can be given only by members who see all data"
    : null;

/** Members of the narrowest role that manages this role, for messages. */
function whoManages(role: MemberRole): string {
  const wide = Object.values(roles).filter(({ manages }) => manages.includes(role));
  return (wide.at(-1) ?? roles.OWNER).noun;
}
