import type { Asker } from "./secrets.ts";
import type { Planted, Role, World } from "./world.ts";

/** All callers, including some whose access has ended. */

export interface Caller {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The member whose rows the caller sees; null if the caller sees none. */
  readonly asker: Asker | null;
  readonly planted: Planted;
  /** The owner whose records the caller names first as their own. */
  readonly owner: keyof Planted["records"];
}

const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` });
const restrictedRoles: readonly string[] = ["restricted", "restrictedAdmin", "restrictedReader"];
const adminRoles: readonly string[] = ["owner", "admin", "restrictedAdmin"];
const goneRoles: readonly string[] = ["removed", "revoked"];

function byKey(name: string, planted: Planted, role: Role): Caller {
  const { id: memberId, key, keyId: credentialId } = planted.members[role];
  const isRestricted = restrictedRoles.includes(role);
  const asker: Asker = {
    orgId: planted.organization.id,
    memberId,
    credentialId,
    dataScope: isRestricted ? "ASSIGNED" : "ALL",
    isAdmin: adminRoles.includes(role),
  };
  return {
    name,
    headers: bearer(key),
    asker: goneRoles.includes(role) ? null : asker,
    planted,
    owner: isRestricted ? (role as keyof Planted["records"]) : "member",
  };
}

/**
 * @param token the token of the user who is in two organizations
 * @returns the callers, starting with those whose answers contain most
 */
export function callersOf(world: World, token: string): Caller[] {
  const { ours, theirs, tests } = world;
  const byToken = (name: string, planted: Planted, memberId: string, isAdmin: boolean): Caller => ({
    name,
    headers: { ...bearer(token), "x-org-id": planted.organization.globalId },
    asker: {
      orgId: planted.organization.id,
      memberId,
      credentialId: world.both.userId,
      dataScope: "ALL",
      isAdmin,
    },
    planted,
    owner: "member",
  });
  return [
    byKey("a restricted member", ours, "restricted"),
    byKey("an owner", ours, "owner"),
    byKey("a member", ours, "member"),
    byKey("a restricted administrator", ours, "restrictedAdmin"),
    byKey("another organization's owner", theirs, "owner"),
    byKey("one who reads", ours, "reader"),
    byKey("a restricted one who reads", ours, "restrictedReader"),
    byKey("an administrator", ours, "admin"),
    byKey("an owner's key that reads", ours, "readKey"),
    byKey("an administrator's key that writes", ours, "writeKey"),
    byKey("a test organization's owner", tests, "owner"),
    byKey("another organization's restricted member", theirs, "restricted"),
    byToken("a user of two organizations, in the first", ours, world.both.oursId, true),
    byToken("a user of two organizations, in the second", theirs, world.both.theirsId, false),
    byKey("a removed member", ours, "removed"),
    byKey("a revoked key", ours, "revoked"),
    { name: "nobody", headers: {}, asker: null, planted: ours, owner: "nobody" },
  ];
}
