import { z } from "zod";
import { ApiScope as Scopes, ModificationSource as Sources } from "../../generated/prisma/enums.ts";
import { builder } from "../../graphql/builder.ts";
import { ApiScope, ModificationSource } from "../../records/enums.ts";
import { requiredText, rule } from "../../records/inputs.ts";

export const ApiKeyCreateInput = builder.inputType("ApiKeyCreateInput", {
  description: "A new API key.",
  fields: (t) => ({
    name: t.string({ required: true, description: "What it is for, at most 100 characters." }),
    memberId: t.id({ description: "The member for whom it stands; the caller's own by default." }),
    scopes: t.field({
      type: [ApiScope],
      description: "What it may be used for, within the member's role; READ alone by default.",
    }),
    expiresAt: t.field({ type: "DateTime", description: "When it ends; never by default." }),
    sources: t.field({
      type: [ModificationSource],
      description:
        "The systems as which it may say to write, in the header X-Modification-Source; none but the API by default.",
    }),
  }),
});

const distinct = <Item>(items: readonly Item[]): Item[] => [...new Set(items)];

export const ApiKeyCreate = z.object({
  name: requiredText(100),
  memberId: z.string().nullish(),
  scopes: z
    .array(z.enum(Scopes))
    .min(1, rule("INVALID_VALUE", "must have at least one scope"))
    .transform(distinct)
    .nullish()
    .transform((scopes) => scopes ?? [Scopes.READ]),
  expiresAt: z.date().nullish(),
  sources: z
    .array(z.enum(Sources))
    .transform(distinct)
    .nullish()
    .transform((sources) => sources ?? []),
});
