import type { Viewer } from "../../auth/viewer.ts";
import { encodeId } from "../../db/ids.ts";
import { builder } from "../../graphql/builder.ts";
import { needs } from "../../graphql/needs.ts";
import { payload, payloadType } from "../../graphql/payload.ts";
import { expectedVersionArg, idempotencyKeyArg } from "../../records/args.ts";
import { OrganizationUpdateInput, WeekDay } from "./organization.inputs.ts";
import { updateOrganization } from "./organization.service.ts";

const OrganizationMode = builder.enumType("OrganizationMode", {
  description: "Whether the data is live. Test keys open test organizations only, live keys live ones only.",
  values: { LIVE: { description: "Live data." }, TEST: { description: "Test data." } } as const,
});

builder.objectType("Organization", {
  description: "The organization whose data the caller works with.",
  fields: (t) => ({
    id: t.id({
      description: "Global id, `organization_…`.",
      resolve: ({ orgId }) => encodeId("Organization", orgId),
    }),
    name: t.exposeString("orgName", { description: "Its name." }),
    mode: t.expose("mode", { type: OrganizationMode, description: "Live or test data." }),
    timeZone: t.expose("timeZone", { type: "TimeZone", description: "Where its days begin." }),
    weekStart: t.expose("weekStart", {
      type: WeekDay,
      description: "The day with which its weeks begin, for filters such as `this: WEEK`.",
    }),
    defaultCountry: t.expose("defaultCountry", {
      type: "CountryCode",
      nullable: true,
      description:
        "The country of phone numbers that are written without one; null where each has to say it.",
    }),
    defaultCurrency: t.expose("defaultCurrency", {
      type: "Currency",
      nullable: true,
      description:
        "The currency of amounts that are written without one: ISO 4217; null where each has to say it.",
    }),
    version: t.exposeInt("orgVersion", {
      description: "Incremented by every change of these settings; for `expectedVersion`.",
    }),
  }),
});

builder.mutationField("organizationUpdate", (t) =>
  t.field({
    extensions: needs("ORGANIZATION_UPDATE"),
    type: payloadType<Viewer>("OrganizationUpdatePayload", "the changed organization", (p) => ({
      organization: p.expose("result", {
        type: "Organization",
        nullable: true,
        description: "The organization as it is now; null when refused.",
      }),
    })),
    description:
      "Changes the caller's organization: what is left out stays as it is, null clears. Needs the scope ADMIN, and a member who sees all data.",
    args: {
      input: t.arg({ type: OrganizationUpdateInput, required: true, description: "What to change." }),
      ...expectedVersionArg(),
      ...idempotencyKeyArg(),
    },
    resolve: (_root, { input, expectedVersion, idempotencyKey }, context) =>
      payload(async () => {
        const { name, version, ...settings } = await updateOrganization(
          context,
          input,
          expectedVersion,
          idempotencyKey,
        );
        // What the rest of the request does is done in the organization as it is now.
        context.viewer = { ...context.viewer, ...settings, orgName: name, orgVersion: version };
        return context.viewer;
      }),
  }),
);
