import { z } from "zod";
import { DataScope as DataScopes, MemberRole as Roles } from "../../generated/prisma/enums.ts";
import { builder } from "../../graphql/builder.ts";
import { email, requiredText } from "../../records/inputs.ts";
import { keyCheck, keyFields } from "../../records/keys.ts";

export const MemberRole = builder.enumType("MemberRole", {
  description: "What a member may do; docs/roles.md has the table.",
  values: {
    OWNER: { description: "Everything; only owners change or remove an owner." },
    ADMIN: { description: "Everything except changing owners and their API keys." },
    MEMBER: { description: "Reads and writes records." },
    READ_ONLY: { description: "Reads records." },
  } as const,
});

export const DataScope = builder.enumType("DataScope", {
  description: "Which records a member sees.",
  values: {
    ALL: { description: "All of the organization's." },
    ASSIGNED: {
      description:
        "Only contacts and leads assigned to the member, and their deals, activities and conversations.",
    },
  } as const,
});

const MemberKeyInput = builder.inputType("MemberKeyInput", {
  description: "The first API key of a new member.",
  fields: keyFields,
});

export const MemberInviteInput = builder.inputType("MemberInviteInput", {
  description: "A new member.",
  fields: (t) => ({
    email: t.string({
      required: true,
      description:
        "E-mail address. A user whom the identity provider has verified as its owner calls as this member. No mail is sent.",
    }),
    name: t.string({ required: true, description: "Name in this organization, 1 to 200 characters." }),
    role: t.field({ type: MemberRole, description: "Role; MEMBER by default." }),
    dataScope: t.field({ type: DataScope, description: "Which records the member sees; ALL by default." }),
    apiKey: t.field({
      type: MemberKeyInput,
      description: "Also creates an API key for the member, which the payload shows once.",
    }),
  }),
});

export const MemberUpdateInput = builder.inputType("MemberUpdateInput", {
  description: "Fields to change; omitted fields stay as they are.",
  fields: (t) => ({
    role: t.field({ type: MemberRole, description: "Role." }),
    dataScope: t.field({ type: DataScope, description: "Which records the member sees." }),
  }),
});

export const MemberInvite = z.object({
  email: email.transform((value, context) => {
    if (value != null) return value;
    context.addIssue({ code: "custom", message: "must not be blank", params: { code: "REQUIRED" } });
    return z.NEVER;
  }),
  name: requiredText(200),
  role: z
    .enum(Roles)
    .nullish()
    .transform((role) => role ?? Roles.MEMBER),
  dataScope: z
    .enum(DataScopes)
    .nullish()
    .transform((dataScope) => dataScope ?? DataScopes.ALL),
  apiKey: keyCheck.nullish(),
});

export const MemberUpdate = z.object({
  role: z.enum(Roles, "must not be null").optional(),
  dataScope: z.enum(DataScopes, "must not be null").optional(),
});
