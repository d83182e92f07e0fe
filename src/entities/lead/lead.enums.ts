import { builder } from "../../graphql/builder.ts";

export const LeadStatusEnum = builder.enumType("LeadStatus", {
  description: "Where a lead stands.",
  values: {
    NEW: { description: "Nobody has reached out yet." },
    CONTACTED: { description: "Somebody has." },
    QUALIFIED: { description: "Worth pursuing." },
    UNQUALIFIED: { description: "Not worth pursuing." },
    CONVERTED: { description: "Has become a contact." },
  } as const,
});
