import { builder } from "../../graphql/builder.ts";

export const LeadStatusEnum = builder.enumType("LeadStatus", {
  description: "Status of a lead.",
  values: {
    NEW: { description: "Not contacted yet." },
    CONTACTED: { description: "Contacted." },
    QUALIFIED: { description: "Worth pursuing." },
    UNQUALIFIED: { description: "Not worth pursuing." },
    CONVERTED: { description: "Converted into a contact." },
  } as const,
});
