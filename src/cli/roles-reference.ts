import type { GraphQLSchema } from "graphql";
import {
  allPermissions,
  effectiveScopes,
  type Permission,
  permissions,
  permissionsOf,
  roles,
} from "../auth/rights.ts";
import type { MemberRole } from "../generated/prisma/enums.ts";
import { neededBy } from "../graphql/needs.ts";
import { MOVED_AT_ONCE } from "../records/reassign.ts";

/** `docs/roles.md`, made of the table of rights and of what mutations say that they need. */

const introduction = `# Roles and rights

Made from the code by \`npm run schema\`; the table is \`src/auth/rights.ts\`.

What a caller may do follows from three things: the member's **role**, the **scopes** of the API key or token, which
never reach beyond the role, and the member's **data scope**: ALL, or ASSIGNED for a member who sees only contacts and leads
that are assigned to them, and what hangs from those.

\`{ viewer { permissions } }\` gives the caller's own, so that a front end can hide what would be refused. A mutation without
its permission answers FORBIDDEN in its payload's \`errors\`, with an empty \`path\`; a credential that cannot change anything
(READ) is refused as a whole with INSUFFICIENT_SCOPE.

What a member no longer may is refused from the next request on, and at the next step of what they started: imports, exports,
bulk changes, searches for duplicates. A request that is repeated under its idempotency key is answered only if its caller
may still do it and see it.
`;

const ranks = `## Who acts on whom

- An owner invites, changes and removes everybody, and makes and revokes everybody's keys.
- An administrator does so with administrators, members and those who only read: not with owners, nor with their keys.
- Nobody gives more than they have: no role beyond those that their own one manages, no scopes beyond the role of the member
  for whom a key stands, and a restricted administrator makes no member who sees all data.
- A member restricted to assigned data, an administrator too, makes and revokes their own keys only.
- A key cannot revoke itself, and nobody changes or removes themselves. Who sees all data is changed or removed by those who
  do alone, an owner by owners: an owner who sees all data always stays, and of two who demote each other at once, one does.

## Members who come and go

- \`memberInvite\` makes somebody a member at once, by their e-mail address; no mail is sent. Whoever has the address
  verified by the identity provider calls as this member; \`apiKey\` makes a first key for them, which is shown once.
- \`memberRemove\` revokes the member's keys. What they started ends at its next step. Contacts, leads and deals assigned
  to them, those in the trash too, go to the member in \`reassignTo\` or to nobody: up to ${MOVED_AT_ONCE} at once, more by a bulk job
  in steps of ${MOVED_AT_ONCE}. Smart lists that name them keep working.
- They stay named on what they did, with \`removedAt\`; \`members(includeRemoved: true)\` lists them. Invited again by the same
  address they are the same member; their old keys stay revoked.
- \`memberReassign\` reassigns the records of a member, removed or not, in the same way.
`;

const roleNames = Object.keys(roles) as MemberRole[];

/** Whether members of a role have a permission, for each data scope. */
function cell(role: MemberRole, permission: Permission): string {
  const has = (dataScope: "ALL" | "ASSIGNED") =>
    permissionsOf({ role, dataScope, scopes: effectiveScopes(["ADMIN"], role) }).includes(permission);
  if (!has("ALL")) return "";
  return has("ASSIGNED") ? "yes" : "with ALL";
}

/** The mutations that need each permission, by name. */
export function mutationsBy(schema: GraphQLSchema): ReadonlyMap<Permission, readonly string[]> {
  const by = new Map<Permission, string[]>();
  for (const { name, extensions } of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const permission = neededBy(extensions);
    if (permission !== undefined) by.set(permission, [...(by.get(permission) ?? []), name].sort());
  }
  return by;
}

/** @param schema whose mutations say what they need */
export function rolesReference(schema: GraphQLSchema): string {
  const by = mutationsBy(schema);
  const rows = allPermissions.map((permission) => {
    const { scope, description } = permissions[permission];
    const cells = roleNames.map((role) => cell(role, permission));
    return `| \`${permission}\` | ${description} | ${scope} | ${cells.join(" | ")} |`;
  });
  const needed = allPermissions.flatMap((permission) => {
    const names = by.get(permission);
    return names === undefined
      ? []
      : [`| \`${permission}\` | ${names.map((name) => `\`${name}\``).join(", ")} |`];
  });
  return [
    introduction,
    `## Permissions by role\n\nThe scope is what the credential needs. \`with ALL\`: not for members restricted to assigned data.\n`,
    `| permission | what it allows | scope | ${roleNames.join(" | ")} |`,
    `|---|---|---|${roleNames.map(() => "---|").join("")}`,
    ...rows,
    `\n${ranks}`,
    `## What each mutation needs\n\n| permission | mutations |\n|---|---|`,
    ...needed,
    "",
  ].join("\n");
}
