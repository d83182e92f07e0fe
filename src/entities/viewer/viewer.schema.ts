import type { Viewer } from "../../auth/viewer.ts";
import { encodeId } from "../../db/ids.ts";
import { builder } from "../../graphql/builder.ts";
import { byId } from "../../graphql/loaders.ts";
import { ApiScope } from "../../records/enums.ts";

const OrganizationMode = builder.enumType("OrganizationMode", {
  description: "Whether the data is live. Test keys open test organizations only, live keys live ones only.",
  values: { LIVE: { description: "Live data." }, TEST: { description: "Test data." } } as const,
});

const Organization = builder.objectRef<Viewer>("Organization").implement({
  description: "The organization whose data the caller works with.",
  fields: (t) => ({
    id: t.id({
      description: "Global id, `organization_…`.",
      resolve: ({ orgId }) => encodeId("Organization", orgId),
    }),
    name: t.exposeString("orgName", { description: "Its name." }),
    mode: t.expose("mode", { type: OrganizationMode, description: "Live or test data." }),
    timeZone: t.expose("timeZone", { type: "TimeZone", description: "Where its days begin." }),
  }),
});

const ViewerType = builder.objectRef<Viewer>("Viewer").implement({
  description: "Who calls, and what they may do.",
  fields: (t) => ({
    organization: t.field({
      type: Organization,
      description: "The organization.",
      resolve: (viewer) => viewer,
    }),
    member: t.field({
      type: "Member",
      nullable: true,
      description: "The member for whom the credential stands.",
      resolve: ({ memberId }, _args, context) => byId.member.load(context, memberId),
    }),
    scopes: t.field({
      type: [ApiScope],
      description: "What the credential may be used for, within the member's role.",
      resolve: ({ scopes }) => [...scopes],
    }),
  }),
});

builder.queryField("viewer", (t) =>
  t.field({ type: ViewerType, description: "The caller.", resolve: (_root, _args, { viewer }) => viewer }),
);
