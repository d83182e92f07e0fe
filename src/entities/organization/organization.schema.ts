import type { Viewer } from "../../auth/viewer.ts";
import { encodeId } from "../../db/ids.ts";
import { builder } from "../../graphql/builder.ts";
import { needs } from "../../graphql/needs.ts";
import { payload, payloadType } from "../../graphql/payload.ts";
import { expectedVersionArg, idempotencyKeyArg } from "../../records/args.ts";
import { OrganizationUpdateInput, WeekDay } from "./organization.inputs.ts";
import { updateOrganization } from "./organization.service.ts";

const OrganizationMode = builder.enumType("OrganizationMode", {
  description:
    "Whether the data is live or test data. Test keys work only in test organizations, live keys only in live ones.",
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
    timeZone: t.expose("timeZone", { type: "TimeZone", description: "Time zone in which days begin." }),
    weekStart: t.expose("weekStart", {
      type: WeekDay,
      description: "First day of the week, for filters such as `this: WEEK`.",
    }),
    defaultCountry: t.expose("defaultCountry", {
      type: "CountryCode",
      nullable: true,
      description:
        "Country assumed for phone numbers without a country code; null if every number needs one.",
    }),
    defaultCurrency: t.expose("defaultCurrency", {
      type: "Currency",
      nullable: true,
      description: "Currency (ISO 4217) assumed for amounts without one; null if every amount needs one.",
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
        description: "The changed organization; null if refused.",
      }),
    })),
    description:
      "Changes the settings of the caller's organization. Needs the scope ADMIN, and a member who sees all data.",
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
        // The rest of the request uses the new settings.
        context.viewer = { ...context.viewer, ...settings, orgName: name, orgVersion: version };
        return context.viewer;
      }),
  }),
);
