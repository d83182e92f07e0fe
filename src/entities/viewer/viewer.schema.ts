import { allPermissions, type Permission, permissions, permissionsOf } from "../../auth/rights.ts";
import type { Viewer } from "../../auth/viewer.ts";
import { builder } from "../../graphql/builder.ts";
import { byId } from "../../graphql/loaders.ts";
import { ApiScope } from "../../records/enums.ts";

const PermissionEnum = builder.enumType("Permission", {
  description:
    "What a caller may be allowed to do. A mutation that needs one is refused with FORBIDDEN without it, or with INSUFFICIENT_SCOPE when the credential cannot change anything.",
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
      description: "The member whose credential it is.",
      resolve: ({ memberId }, _args, context) => byId.member.load(context, memberId),
    }),
    scopes: t.field({
      type: [ApiScope],
      description: "What the credential allows, within the member's role.",
      resolve: ({ scopes }) => [...scopes],
    }),
    permissions: t.field({
      type: [PermissionEnum],
      description:
        "What the caller may do, by the member's role and data scope and by the credential's scopes: what a front end hides is what is not among them. docs/roles.md says which mutation needs which.",
      resolve: (viewer) => permissionsOf(viewer),
    }),
  }),
});

builder.queryField("viewer", (t) =>
  t.field({ type: ViewerType, description: "The caller.", resolve: (_root, _args, { viewer }) => viewer }),
);
