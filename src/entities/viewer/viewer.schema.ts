import type { Viewer } from "../../auth/viewer.ts";
import { builder } from "../../graphql/builder.ts";
import { byId } from "../../graphql/loaders.ts";
import { ApiScope } from "../../records/enums.ts";

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
  }),
});

builder.queryField("viewer", (t) =>
  t.field({ type: ViewerType, description: "The caller.", resolve: (_root, _args, { viewer }) => viewer }),
);
