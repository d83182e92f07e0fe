import { allPermissions, type Permission, permissions, permissionsOf } from "../../auth/rights.ts";
import type { Viewer } from "../../auth/viewer.ts";
import { builder } from "../../graphql/builder.ts";
import { byId } from "../../graphql/loaders.ts";
import { ApiScope } from "../../records/enums.ts";

const PermissionEnum = builder.enumType("Permission", {
  description:
    "What a caller may do. A mutation without its permission is refused with FORBIDDEN, or with INSUFFICIENT_SCOPE if the credential has only the scope READ.",
  values: Object.fromEntries(
    allPermissions.map((permission) => [permission, { description: permissions[permission].description }]),
  ) as Record<Permission, { description: string }>,
});

const ViewerType = builder.objectRef<Viewer>("Viewer").implement({
  description: "The caller: member, organization and scopes.",
  fields: (t) => ({
    organization: t.field({
      type: "Organization",
      description: "The organization.",
      resolve: (viewer) => viewer,
    }),
    member: t.field({
      type: "Member",
      nullable: true,
      description: "The member that the credential belongs to.",
      resolve: ({ memberId }, _args, context) => byId.member.load(context, memberId),
    }),
    scopes: t.field({
      type: [ApiScope],
      description: "Scopes of the credential, limited by the member's role.",
      resolve: ({ scopes }) => [...scopes],
    }),
    permissions: t.field({
      type: [PermissionEnum],
      description:
        "Permissions of the caller, from the member's role and data scope and the credential's scopes. A front end can hide actions whose permission is missing. docs/roles.md says which mutation needs which permission.",
      resolve: (viewer) => permissionsOf(viewer),
    }),
  }),
});

builder.queryField("organization", (t) =>
  t.field({
    type: "Organization",
    description: "The caller's organization, as `viewer` has it too.",
    resolve: (_root, _args, { viewer }) => viewer,
  }),
);

builder.queryField("viewer", (t) =>
  t.field({ type: ViewerType, description: "The caller.", resolve: (_root, _args, { viewer }) => viewer }),
);
