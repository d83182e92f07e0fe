import { z } from "zod";
import { builder } from "../../graphql/builder.ts";
import { keyCheck, keyFields } from "../../records/keys.ts";

export const ApiKeyCreateInput = builder.inputType("ApiKeyCreateInput", {
  description: "A new API key.",
  fields: (t) => ({
    ...keyFields(t),
    memberId: t.id({ description: "The member that the key belongs to; the caller by default." }),
  }),
});

export const ApiKeyCreate = keyCheck.extend({ memberId: z.string().nullish() });
