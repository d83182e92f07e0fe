import type { ApiScope, DataScope, MemberRole } from "../generated/prisma/enums.ts";

/**
 * Who may do what, and to whom: the one table, which every refusal, `viewer.permissions` and docs/roles.md come from.
 * Pure.
 */

/** What a caller may do follows from these. */
export interface Rights {
  readonly role: MemberRole;
  readonly dataScope: DataScope;
  /** Those of the credential, within the role's. */
  readonly scopes: ReadonlySet<ApiScope>;
}

interface Role {
  /** What such a member is called in messages. */
  readonly noun: string;
  /** The widest scope that a credential of such a member can have; each scope has those before it. */
  readonly scope: ApiScope;
  /** The roles of members whom such a member may change and remove, whose keys they manage, and that they may give. */
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
  /** Why a member restricted to assigned data is refused; absent where they are not. */
  readonly allData?: string;
  /** What it allows, for the schema's and the documents' readers. */
  readonly description: string;
}

const shared = (what: string) =>
  `${what} are shared: a member restricted to assigned data cannot change them`;

/** What can be allowed: each mutation needs one of these, and says which where it is defined. */
export const permissions = {
  RECORD_READ: { scope: "READ", description: "Read records, definitions, lists and members." },
  CONTACT_WRITE: { scope: "WRITE", description: "Create, change, trash and restore contacts." },
  CONTACT_MERGE: { scope: "WRITE", description: "Merge contacts, and undo merges." },
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
    description: "Make, change, order and delete custom fields and their folders.",
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
  API_KEY_MANAGE: {
    scope: "ADMIN",
    description: "List, make and revoke API keys, of those members whom the role manages.",
  },
  MEMBER_INVITE: { scope: "ADMIN", description: "Invite members, of the roles that the role manages." },
  MEMBER_UPDATE: { scope: "ADMIN", description: "Change the role and data scope of members." },
  MEMBER_REMOVE: {
    scope: "ADMIN",
    allData: "a member restricted to assigned data cannot remove members, whose records they do not see",
    description: "Remove members, and say to whom goes what is assigned to them.",
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

/** By how many scopes there are. */
const scopesOf: readonly ReadonlySet<ApiScope>[] = [0, 1, 2, 3].map(
  (count) => new Set(scopeOrder.slice(0, count)),
);

/** A credential never does more than its member may. */
export function effectiveScopes(scopes: readonly ApiScope[], role: MemberRole): ReadonlySet<ApiScope> {
  const granted = Math.max(0, ...scopes.map(levelOf));
  return scopesOf[Math.min(granted, levelOf(roles[role].scope))] as ReadonlySet<ApiScope>;
}

/** Those of the scopes that a member of this role does not have. */
export const scopesBeyond = (scopes: readonly ApiScope[], role: MemberRole): ApiScope[] =>
  scopes.filter((scope) => levelOf(scope) > levelOf(roles[role].scope));

/** Why a caller lacks a permission; null when they have it. */
export function lackOf({ scopes, dataScope }: Rights, permission: Permission): string | null {
  const { scope, allData }: Needs = permissions[permission];
  if (!scopes.has(scope)) return `this needs the scope ${scope}`;
  return allData !== undefined && dataScope !== "ALL" ? allData : null;
}

/** Everything that a caller may do, in the order of the table. */
export const permissionsOf = (rights: Rights): Permission[] =>
  allPermissions.filter((permission) => lackOf(rights, permission) === null);

/** A member to whom something is done. */
export interface Subject {
  readonly id: string;
  readonly role: MemberRole;
  readonly dataScope: DataScope;
}

/** Who does something to members: with the permission for it, which is not asked here. */
export type Doer = Pick<Rights, "role" | "dataScope"> & { readonly memberId: string };

/**
 * Why a caller cannot make or revoke keys of a member; null when they can. A member restricted to assigned data has to
 * do with their own keys alone.
 */
export function keyRefusal(doer: Doer, holder: Subject): string | null {
  if (!roles[doer.role].manages.includes(holder.role)) {
    return `only ${whoManages(holder.role)} can make and revoke the keys of ${roles[holder.role].noun}`;
  }
  if (doer.dataScope !== "ALL" && holder.id !== doer.memberId) {
    return "a member restricted to assigned data can make and revoke their own keys only";
  }
  return null;
}

/**
 * Why a caller cannot change or remove a member; null when they can. Nobody does so with themselves: only an owner who
 * sees all data changes or removes one, and so stays, whatever becomes of the others.
 */
export function memberRefusal(doer: Doer, member: Subject): string | null {
  if (member.id === doer.memberId) return "nobody changes or removes themselves: ask another administrator";
  if (!roles[doer.role].manages.includes(member.role)) {
    return `only ${whoManages(member.role)} can change or remove ${roles[member.role].noun}`;
  }
  if (doer.dataScope !== "ALL" && member.dataScope === "ALL") {
    return "a member restricted to assigned data can change only members who are restricted as well";
  }
  return null;
}

/** Why a caller cannot give a role; null when they can. */
export const roleRefusal = (doer: Doer, role: MemberRole): string | null =>
  roles[doer.role].manages.includes(role) ? null : `role ${role} can be given by ${whoManages(role)} only`;

/** Why a caller cannot give a data scope; null when they can. */
export const dataScopeRefusal = (doer: Doer, dataScope: DataScope): string | null =>
  doer.dataScope !== "ALL" && dataScope === "ALL"
    ? "dataScope ALL can be given only by those who see all data"
    : null;

/** Those of the narrowest role that manages another one. */
function whoManages(role: MemberRole): string {
  const wide = Object.values(roles).filter(({ manages }) => manages.includes(role));
  return (wide.at(-1) ?? roles.OWNER).noun;
}
